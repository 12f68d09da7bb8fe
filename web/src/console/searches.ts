/**
 * What the addresses of lists say; what is none of it is left away.
 *
 * The router hands a page also what its validation has left away, so pages read what they get by these.
 */

import type { Wanted } from "./data/people.js";

export type PeopleSearch = Wanted & { cursor?: string };

export interface EventsSearch {
  event?: string;
  actor?: string;
  /** Days, as `<input type="date">` has them. */
  since?: string;
  until?: string;
  cursor?: string;
}

type Said = Readonly<Record<string, unknown>>;

const STATUSES = ["active", "disabled"] as const;
const SORTS = ["created_at", "last_log_in"] as const;
const ORDERS = ["asc", "desc"] as const;

/** Read which people are wanted. An order by time does not go with a search: the API says so. */
export function readPeopleSearch(said: Said): PeopleSearch {
  const search = text(said.search);
  const sort = search === undefined ? oneOf(SORTS, said.sort) : undefined;
  return given({
    search,
    role: matching(/^[a-z][a-z0-9_]{0,63}$/, said.role),
    status: oneOf(STATUSES, said.status),
    sort,
    order: sort && oneOf(ORDERS, said.order),
    cursor: text(said.cursor),
  });
}

/** Read which events are wanted. */
export function readEventsSearch(said: Said): EventsSearch {
  const day = /^2\d{3}-\d{2}-\d{2}$/;
  return given({
    event: matching(/^[a-z_]{1,64}$/, said.event),
    actor: matching(/^[1-9]\d{0,15}$/, said.actor),
    since: matching(day, said.since),
    until: matching(day, said.until),
    cursor: text(said.cursor),
  });
}

const text = (value: unknown) => (typeof value === "string" && value !== "" ? value : undefined);
const matching = (pattern: RegExp, value: unknown) => (typeof value === "string" && pattern.test(value) ? value : undefined);
const oneOf = <Choice extends string>(choices: readonly Choice[], value: unknown) => choices.find((choice) => choice === value);

type Given<Fields> = { [Key in keyof Fields]?: Exclude<Fields[Key], undefined> };

function given<Fields extends object>(fields: Fields): Given<Fields> {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as Given<Fields>;
}
