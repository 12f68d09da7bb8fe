import { useQuery, useQueryClient } from "@tanstack/react-query";

import { may, useMe } from "../../shared/session.js";
import { DEFAULT_ROLE, type Role, rolesQuery } from "../data/roles.js";
import { permitsAll } from "../permissions.js";
import { useWords } from "../words.js";

/** Return the roles, asked for only where they may be seen. */
export function useRoles() {
  return useQuery({ ...rolesQuery, enabled: may(useMe(), "roles:read") });
}

/** Return what a role is called, by its name; the name itself where roles may not be seen. */
export function useRoleTitle(): (name: string) => string {
  const { code } = useWords();
  const { data } = useRoles();
  return (name) => data?.find((role) => role.name === name)?.title[code] ?? name;
}

type Kind = "person" | "service";

/** Return the roles that the caller may give to people, or to back-ends; none where roles may not be seen. */
export function useGrantable(kind: Kind): readonly Role[] {
  const me = useMe();
  const { data = [] } = useRoles();
  return grantable(data, kind, me.permissions);
}

/** Return what fetches those roles, for who has to know all of them first; it throws `UsersError`. */
export function useReadGrantable(kind: Kind): () => Promise<readonly Role[]> {
  const me = useMe();
  const client = useQueryClient();
  return async () => (may(me, "roles:read") ? grantable(await client.ensureQueryData(rolesQuery), kind, me.permissions) : []);
}

function grantable(roles: readonly Role[], kind: Kind, held: readonly string[]): readonly Role[] {
  const isFree = ({ name, permissions }: Role) => name === DEFAULT_ROLE || permitsAll(held, permissions);
  return roles.filter((role) => role.back_end === (kind === "service") && isFree(role));
}
