import { queryOptions } from "@tanstack/react-query";
import { type components, unwrap } from "users-service-client";

import { api } from "../../shared/api.js";

export type Role = components["schemas"]["RoleView"];
export type RoleDraft = components["schemas"]["RoleSchema"];

/** The role that everybody gets who is given no other. */
export const DEFAULT_ROLE = "read_only";
/** The role that every deployment has for back-ends, which is known even to who may not see roles. */
export const SERVICE_ROLE = "service";

export const rolesQuery = queryOptions({
  queryKey: ["roles"],
  queryFn: async ({ signal }) => unwrap(await api.GET("/api/v1/server/roles", { signal })).roles,
  staleTime: 60_000,
});

/** Make or change a role; throws `UsersError`. */
export async function saveRole(name: string, body: RoleDraft): Promise<void> {
  unwrap(await api.PUT("/api/v1/server/roles/{name}", { params: { path: { name } }, body }));
}

/** Delete a role that nobody holds; throws `UsersError`. */
export async function deleteRole(name: string): Promise<void> {
  unwrap(await api.DELETE("/api/v1/server/roles/{name}", { params: { path: { name } } }));
}
