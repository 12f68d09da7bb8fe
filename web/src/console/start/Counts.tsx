import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import type { ReactNode } from "react";

import { may, useMe } from "../../shared/session.js";
import { disabledQuery } from "../data/people.js";
import { type Event, newestQuery } from "../data/trail.js";
import { rolesQuery } from "../data/roles.js";
import { useWords } from "../words.js";
import { dayBefore } from "./days.js";

const DAYS = 7;

/** What can be counted in a few calls. The API has no counts, so nothing here reads everybody. */
export function Counts({ now }: { now: Date }) {
  const me = useMe();
  const since = dayBefore(DAYS - 1, now);
  return (
    <ul className="counts">
      {may(me, "audit:read") && (
        <>
          <Happened what="user_created" label="start.newPeople" since={since} count={(events) => events.length} />
          <Happened what="log_in_failed" label="start.failed" since={since} count={(events) => new Set(events.map(({ user_id }) => user_id)).size} />
          <Happened what="session_ended" label="start.thefts" since={since} count={(events) => events.filter(isTheft).length} />
        </>
      )}
      {may(me, "users:read") && <Disabled />}
      {may(me, "roles:read") && <Roles />}
    </ul>
  );
}

const isTheft = ({ details }: Event) => details.why === "refresh_token_replayed";

interface HappenedProps {
  what: string;
  label: "start.newPeople" | "start.failed" | "start.thefts";
  since: Date;
  count(events: readonly Event[]): number;
}

function Happened({ what, label, since, count }: HappenedProps) {
  const { t } = useWords();
  const { data, isError } = useQuery(newestQuery(what, since));
  return (
    <Count label={t(label)} value={data && count(data.events)} isWhole={data?.isWhole} isError={isError} to="/console/trail" search={{ event: what, since: isoDay(since) }} />
  );
}

function Disabled() {
  const { t } = useWords();
  const { data, isError } = useQuery(disabledQuery);
  return <Count label={t("start.disabled")} value={data?.users.length} isWhole={data && data.cursor === undefined} isError={isError} to="/console/people" search={{ status: "disabled" }} />;
}

function Roles() {
  const { t } = useWords();
  const { data, isError } = useQuery(rolesQuery);
  return <Count label={t("start.roles")} value={data?.length} isWhole={data && true} isError={isError} to="/console/roles" />;
}

interface CountProps {
  to: "/console/people" | "/console/roles" | "/console/trail";
  label: string;
  value: number | undefined;
  isWhole: boolean | undefined;
  isError: boolean;
  search?: Record<string, string>;
}

function Count({ label, value, isWhole, isError, to, search }: CountProps) {
  const { t, number } = useWords();
  const shown: ReactNode = isError ? "–" : value === undefined ? "…" : isWhole ? number(value) : t("start.atLeast", { count: value });
  return (
    <li>
      <Link to={to} search={(search ?? {}) as never}>
        <span className="label">{label}</span>
        <strong>{shown}</strong>
      </Link>
    </li>
  );
}

function isoDay(day: Date): string {
  const two = (value: number) => String(value).padStart(2, "0");
  return `${day.getFullYear()}-${two(day.getMonth() + 1)}-${two(day.getDate())}`;
}
