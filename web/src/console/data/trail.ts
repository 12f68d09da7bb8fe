import { queryOptions } from "@tanstack/react-query";
import { type components, type paths, unwrap } from "users-service-client";

import { api } from "../../shared/api.js";

export type Event = components["schemas"]["AuditEventView"];
export type EventPage = components["schemas"]["AuditPage"];
type Query = NonNullable<paths["/api/v1/server/audit"]["get"]["parameters"]["query"]>;

/** Which events: what stands in the address of the page. */
export type WantedEvents = Pick<Query, "event" | "actor_id" | "since" | "until">;

const PAGE = 50;
const LONGEST_PAGE = 100;
// of counting: a page is read in 16 queries, and whoever opens the console waits for them
const MOST_CALLS = 10;

/** Return a page of what happened; throws `UsersError`. */
async function readEvents(query: Query, signal?: AbortSignal): Promise<EventPage> {
  return unwrap(await api.GET("/api/v1/server/audit", { params: { query }, ...(signal && { signal }) }));
}

export const eventsQuery = (wanted: WantedEvents, cursor?: string) =>
  queryOptions({
    queryKey: ["trail", wanted, cursor],
    queryFn: ({ signal }) => readEvents({ ...wanted, limit: PAGE, ...(cursor && { cursor }) }, signal),
  });

/** The newest events of a kind; `isWhole` if there are no more since then than these. */
export interface Newest {
  events: readonly Event[];
  isWhole: boolean;
}

export const newestQuery = (event: string, since: Date) =>
  queryOptions({
    queryKey: ["trail", "newest", event, since.toISOString()],
    queryFn: async ({ signal }): Promise<Newest> => {
      const events: Event[] = [];
      let cursor: string | undefined;
      for (let call = 0; call < MOST_CALLS; call += 1) {
        const query = { event, since: since.toISOString(), limit: LONGEST_PAGE, ...(cursor && { cursor }) };
        const page = await readEvents(query, signal);
        events.push(...page.events);
        cursor = page.cursor;
        if (cursor === undefined) break;
      }
      return { events, isWhole: cursor === undefined };
    },
    staleTime: 60_000,
  });
