import { useQuery } from "@tanstack/react-query";
import { type components, unwrap } from "users-service-client";

import { api } from "../../shared/api.js";

export type OwnData = components["schemas"]["OwnDataView"];

/** Return a page of what is kept about the caller; the first has the account as it is now. */
export async function fetchOwnData(cursor?: string): Promise<OwnData> {
  return unwrap(await api.GET("/api/v1/private/users/any/data", cursor ? { params: { query: { cursor } } } : {}));
}

export const ownData = { queryKey: ["own-data"], queryFn: () => fetchOwnData() };

/** Return the caller's account with what protects it, which only their own data tells. */
export const useOwnData = () => useQuery(ownData);
