import type { Event } from "../data/trail.js";
import { Empty } from "../parts/Empty.js";
import { Moment } from "../parts/Moment.js";
import { useWords } from "../words.js";
import { Details } from "./Details.js";
import { Somebody } from "./Somebody.js";
import { useEventNames } from "./useEventNames.js";

interface EventTableProps {
  events: readonly Event[];
  /** All are of one account, which need not be named. */
  isOfOne?: boolean;
}

/** What happened, the newest first. */
export function EventTable({ events, isOfOne = false }: EventTableProps) {
  const { t } = useWords();
  const names = useEventNames();
  if (events.length === 0) return <Empty title={t("trail.none")} hint={t("trail.noneHint")} />;
  return (
    <table>
      <caption className="unseen">{t("trail.title")}</caption>
      <thead>
        <tr>
          <th className="time">{t("trail.when")}</th>
          <th>{t("trail.what")}</th>
          {!isOfOne && <th>{t("trail.whose")}</th>}
          <th>{t("trail.by")}</th>
          <th>{t("trail.details")}</th>
          <th>{t("trail.from")}</th>
        </tr>
      </thead>
      <tbody>
        {events.map((event) => (
          <tr key={event.id}>
            <td className="time"><Moment at={event.happened_at} /></td>
            <td title={names.of(event.what)}>{names.of(event.what)}</td>
            {!isOfOne && <td data-label={t("trail.whose")}><Somebody id={event.user_id} isRow /></td>}
            <td data-label={t("trail.by")}><Actor event={event} /></td>
            <td className="details"><Details details={event.details} /></td>
            <td title={event.request_id && t("trail.request", { id: event.request_id })}>{event.ip_address && <code>{event.ip_address}</code>}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

function Actor({ event }: { event: Event }) {
  const { t } = useWords();
  if (event.operator) return <span title={event.operator}>{t("trail.operator")}</span>;
  if (event.actor_id != null && event.actor_id === event.user_id) return <>{t("trail.themselves")}</>;
  return <Somebody id={event.actor_id} />;
}
