import { queryOptions, useSuspenseQuery } from "@tanstack/react-query";
import { useEffect } from "react";
import { type components, unwrap } from "users-service-client";

import { api, queries, users } from "./api.js";
import { permits } from "./permissions.js";
import { useShared } from "./words.js";

export type WhoAmI = components["schemas"]["WhoAmI"];

/** Who is signed in, their role and permissions. Fails with `UsersError` 401 when nobody is. */
export const me = queryOptions({
  queryKey: ["me"],
  queryFn: async () => unwrap(await api.PUT("/api/v1/private/users/any")),
  staleTime: 60_000,
});

/** Return who is signed in, on pages that only they see, and speak their language. */
export function useMe(): WhoAmI {
  const person = useSuspenseQuery(me).data;
  const { follow } = useShared();
  useEffect(() => follow(person.language), [follow, person.language]);
  return person;
}

/** Tell whether the caller may do what takes this permission. */
export const may = ({ permissions }: Pick<WhoAmI, "permissions">, permission: string): boolean => permits(permissions, permission);

// each of them opens an area of the console
const CONSOLE = ["users:read", "users:create", "roles:read", "service_tokens:create", "webhooks:read", "audit:read"];

/** Tell whether the console has anything for the caller. */
export const mayOpenConsole = (person: Pick<WhoAmI, "permissions">): boolean => CONSOLE.some((permission) => may(person, permission));

/** Have `leave` called when a session ends that there was: here, in another tab, or on another device. */
export function watch(leave: () => void): () => void {
  let before = users.state;
  return users.subscribe((state) => {
    const wasSignedIn = before === "signed_in";
    before = state;
    if (state === "signed_in") return void queries.invalidateQueries();
    // that nobody is there is an answer to wait for, not an end
    if (!wasSignedIn) return;
    leave();
    queries.clear();
  });
}
