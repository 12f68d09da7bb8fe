import { useQuery } from "@tanstack/react-query";
import { getRouteApi } from "@tanstack/react-router";

import { Button } from "../../shared/ui/Button.js";
import { eventsQuery, type WantedEvents } from "../data/trail.js";
import { Choice } from "../parts/Choice.js";
import { Page } from "../parts/Page.js";
import { Paged } from "../parts/Paged.js";
import { type EventsSearch, readEventsSearch } from "../searches.js";
import { useWords } from "../words.js";
import { EventTable } from "./EventTable.js";
import { FilterField } from "./FilterField.js";
import { useEventNames } from "./useEventNames.js";

const route = getRouteApi("/console/trail");

/** What happened to all accounts. */
export function TrailPage() {
  const { t } = useWords();
  const { cursor, ...said } = readEventsSearch(route.useSearch());
  const names = useEventNames();
  // one that is newer than these pages can still stand in the address
  const kinds = new Set([...names.all, ...(said.event ? [said.event] : [])]);
  const navigate = route.useNavigate();
  const query = useQuery(eventsQuery(wanted(said), cursor));
  const put = (changed: EventsSearch) => void navigate({ search: { ...said, ...changed }, replace: true });

  return (
    <Page title={t("trail.title")}>
      <div className="filters no-print" role="search">
        <Choice
          label={t("trail.event")}
          value={said.event ?? ""}
          change={(event) => put({ event })}
          choices={[
            { value: "", label: t("trail.any") },
            ...[...kinds].map((value) => ({ value, label: names.of(value) })).sort((a, b) => a.label.localeCompare(b.label)),
          ]}
        />
        <FilterField label={t("trail.actor")} value={said.actor ?? ""} change={(actor) => put({ actor })} inputMode="numeric" pattern="[1-9][0-9]{0,15}" />
        <FilterField label={t("trail.since")} value={said.since ?? ""} change={(since) => put({ since })} type="date" />
        <FilterField label={t("trail.until")} value={said.until ?? ""} change={(until) => put({ until })} type="date" />
        {Object.keys(said).length > 0 && <Button kind="link" onClick={() => void navigate({ search: {} })}>{t("people.clear")}</Button>}
      </div>
      <Paged query={query} cursor={cursor} toFirst={() => put({})}>
        {({ events }) => <EventTable events={events} />}
      </Paged>
    </Page>
  );
}

/** Return what to ask the API for: days are those of who looks, and both are whole. */
function wanted({ event, actor, since, until }: EventsSearch): WantedEvents {
  return {
    ...(event && { event }),
    ...(actor && { actor_id: Number(actor) }),
    ...(since && { since: midnight(since).toISOString() }),
    ...(until && { until: midnight(until, 1).toISOString() }),
  };
}

function midnight(day: string, daysLater = 0): Date {
  const date = new Date(`${day}T00:00:00`);
  date.setDate(date.getDate() + daysLater);
  return date;
}
