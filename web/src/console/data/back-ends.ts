import { queryOptions } from "@tanstack/react-query";
import { type components, unwrap } from "users-service-client";

import { api } from "../../shared/api.js";
import { type Account, LONGEST_PAGE, readPeople } from "./people.js";

export type ServiceToken = components["schemas"]["IssuedServiceToken"];
export type TokenDraft = components["schemas"]["ServiceTokenSchema"];

/** All back-ends that hold one of these roles. */
export const backEndsQuery = (roles: readonly string[]) =>
  queryOptions({
    queryKey: ["people", "back-ends", roles],
    queryFn: async ({ signal }): Promise<Account[]> => {
      const pages = await Promise.all(roles.map((role) => readPeople({ role, limit: LONGEST_PAGE }, signal)));
      return pages.flatMap((page) => page.users);
    },
  });

/** Give a back-end, made if there is none, a token that is shown this once; throws `UsersError`. */
export async function issueToken(body: TokenDraft, key: string): Promise<ServiceToken> {
  const params = { header: { "Idempotency-Key": key } };
  return unwrap(await api.POST("/api/v1/server/service_tokens", { params, body }));
}
