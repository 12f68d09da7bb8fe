import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useState } from "react";

import { may, useMe } from "../../shared/session.js";
import { eventsQuery } from "../data/trail.js";
import { Loaded } from "../parts/Loaded.js";
import { Page } from "../parts/Page.js";
import { EventTable } from "../trail/EventTable.js";
import { useWords } from "../words.js";
import { Counts } from "./Counts.js";
import { LogIns } from "./LogIns.js";

const RECENT = 10;

/** How things are: counts, the last days' sign-ins, and what happened last. */
export function StartPage() {
  const { t } = useWords();
  const me = useMe();
  // the same moment for all that is asked, so that it is asked once
  const [now] = useState(() => new Date());
  return (
    <Page title={t("start.title")}>
      <Counts now={now} />
      {may(me, "audit:read") && <LogIns now={now} />}
      {may(me, "audit:read") && <Recent />}
    </Page>
  );
}

function Recent() {
  const { t } = useWords();
  const query = useQuery(eventsQuery({}));
  return (
    <section aria-labelledby="recent">
      <h2 id="recent">{t("start.recent")}</h2>
      <Loaded query={query} lines={RECENT}>{({ events }) => <EventTable events={events.slice(0, RECENT)} />}</Loaded>
      <p><Link to="/console/trail">{t("nav.trail")}</Link></p>
    </section>
  );
}
