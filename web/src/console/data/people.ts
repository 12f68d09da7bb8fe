import { infiniteQueryOptions, queryOptions } from "@tanstack/react-query";
import { type components, type paths, unwrap } from "users-service-client";

import { api, queries } from "../../shared/api.js";
import type { Code } from "../../shared/i18n.js";

export type Account = components["schemas"]["UserView"];
export type Page = components["schemas"]["UserPage"];
export type Change = components["schemas"]["UpdateUserSchema"];
export type Device = components["schemas"]["Seance"];
/** Who is to be invited; no role means the default one. */
export interface NewPerson {
  email: string;
  name: string;
  role?: string;
  language?: Code;
}
type Query = NonNullable<paths["/api/v1/server/users"]["get"]["parameters"]["query"]>;

/** Which people, in which order: what stands in the address of the page. */
export type Wanted = Pick<Query, "search" | "role" | "status" | "sort" | "order">;

const PAGE = 50;
// of the API's pages for one of ours
const MOST_CALLS = 10;
/** As many as the API gives at once. */
export const LONGEST_PAGE = 100;

/** Return one page of the API's; throws `UsersError`. */
export async function readPeople(query: Query, signal?: AbortSignal): Promise<Page> {
  return unwrap(await api.GET("/api/v1/server/users", { params: { query }, ...(signal && { signal }) }));
}

/**
 * Return a page of accounts from the cursor on, or all there are.
 *
 * With several filters the API looks at 100 accounts a call, so one of its pages may be empty: up to
 * `MOST_CALLS` of them are put together.
 */
async function fillPage(wanted: Wanted, cursor: string | undefined, signal: AbortSignal): Promise<Page> {
  const people: Account[] = [];
  let next = cursor;
  for (let call = 0; call < MOST_CALLS; call += 1) {
    const page = await readPeople({ ...wanted, limit: PAGE - people.length, ...(next && { cursor: next }) }, signal);
    people.push(...page.users);
    next = page.cursor;
    if (next === undefined || people.length >= PAGE) break;
  }
  return { users: people, ...(next !== undefined && { cursor: next }) };
}

export const peopleQuery = (wanted: Wanted, cursor?: string) =>
  queryOptions({
    queryKey: ["people", wanted, cursor],
    queryFn: ({ signal }) => fillPage(wanted, cursor, signal),
  });

/** The first of those who are disabled, to count them. */
export const disabledQuery = queryOptions({
  queryKey: ["people", "disabled"],
  queryFn: ({ signal }) => readPeople({ status: "disabled", limit: LONGEST_PAGE }, signal),
});

export const personQuery = (id: number) =>
  queryOptions({
    queryKey: ["person", id],
    queryFn: async ({ signal }) =>
      unwrap(await api.GET("/api/v1/server/users/{user_id}", { ...at(id), signal })),
  });

/** What an account is called, for lists that have its number alone; nothing for one that is no more. */
export const nameQuery = (id: number) =>
  queryOptions({
    queryKey: ["name", id],
    queryFn: async ({ signal }) => {
      const answer = await api.GET("/api/v1/server/users/{user_id}", { ...at(id), signal });
      return answer.response.status === 404 ? null : unwrap(answer).name;
    },
    staleTime: 300_000,
  });

export const devicesQuery = (id: number) =>
  queryOptions({
    queryKey: ["person", id, "devices"],
    queryFn: async ({ signal }) =>
      unwrap(await api.POST("/api/v1/server/users/{user_id}/seances", { ...at(id), signal })).seances,
  });

export const personTrailQuery = (id: number) =>
  infiniteQueryOptions({
    queryKey: ["person", id, "trail"],
    initialPageParam: "",
    queryFn: async ({ pageParam, signal }) => {
      const query = { limit: 25, ...(pageParam && { cursor: pageParam }) };
      const params = { path: { user_id: String(id) }, query };
      return unwrap(await api.GET("/api/v1/server/users/{user_id}/audit", { params, signal }));
    },
    getNextPageParam: (last) => last.cursor,
  });

/** Make an account whose owner sets the password by the mailed link; throws `UsersError`. */
export async function invite(person: NewPerson, key: string): Promise<{ id: number }> {
  return unwrap(
    await api.POST("/api/v1/server/users/sign_up", {
      params: { header: { "Idempotency-Key": key } },
      body: { ...person, invite: true },
    }),
  );
}

/** Change an account and return it; throws `UsersError`. */
export async function change(id: number, body: Change): Promise<Account> {
  return shown(unwrap(await api.PATCH("/api/v1/server/users/{user_id}", { ...at(id), body })));
}

/** End a lock-out and return the account; throws `UsersError`. */
export async function unblock(id: number): Promise<Account> {
  return shown(unwrap(await api.PUT("/api/v1/server/users/{user_id}/unblock", at(id))));
}

// whoever looks at the account sees at once how it is now
function shown(account: Account): Account {
  queries.setQueryData(personQuery(account.id).queryKey, account);
  return account;
}

/** End all sessions of an account and return how many there were; throws `UsersError`. */
export async function endSessions(id: number): Promise<number> {
  return unwrap(await api.DELETE("/api/v1/server/users/{user_id}/seances", at(id))).ended;
}

/** Remove every second factor of an account; throws `UsersError`. */
export async function resetFactors(id: number): Promise<void> {
  unwrap(await api.DELETE("/api/v1/server/users/{user_id}/second_factors", at(id)));
}

/** Delete an account; throws `UsersError`. */
export async function remove(id: number): Promise<void> {
  unwrap(await api.DELETE("/api/v1/server/users/{user_id}", at(id)));
}

/** Have a link mailed that sets a password; throws `UsersError`. */
export async function mailPasswordLink(email: string): Promise<void> {
  unwrap(await api.POST("/api/v1/public/users/passw/forget_passw", { body: { email } }));
}

const at = (id: number) => ({ params: { path: { user_id: String(id) } } });
