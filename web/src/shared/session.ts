import { queryOptions, useQuery, useSuspenseQuery } from "@tanstack/react-query";
import { type components, unwrap } from "users-service-client";

import { api, queries, users } from "./api.js";
import { remember } from "./i18n.js";

export type WhoAmI = components["schemas"]["WhoAmI"];

/** Who is signed in, their role and permissions. Fails with `UsersError` 401 when nobody is. */
export const me = queryOptions({
  queryKey: ["me"],
  queryFn: async () => {
    const person = unwrap(await api.PUT("/api/v1/private/users/any"));
    remember(person.language);
    return person;
  },
  staleTime: 60_000,
});

/** Return who is signed in, on pages that only they see. */
export const useMe = (): WhoAmI => useSuspenseQuery(me).data;

/** Return who is signed in, or nothing while that is not known or nobody is. */
export const usePerhapsMe = (): WhoAmI | undefined => useQuery({ ...me, enabled: users.state === "signed_in" }).data;

/** Tell whether the caller may do what takes this permission. */
export const may = ({ permissions }: Pick<WhoAmI, "permissions">, permission: string): boolean =>
  permissions.includes("*") || permissions.includes(permission);

/** Have `leave` called when the session ends, here, in another tab, or on another device. */
export function watch(leave: () => void): () => void {
  return users.subscribe((state) => {
    if (state === "signed_in") return void queries.invalidateQueries();
    leave();
    queries.clear();
  });
}
