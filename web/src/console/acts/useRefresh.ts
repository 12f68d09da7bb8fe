import { useQueryClient } from "@tanstack/react-query";
import { useCallback } from "react";

import { me } from "../../shared/session.js";

/** Return what has everything that is shown read anew, since an act shows in lists, accounts and the trail. */
export function useRefresh(): () => Promise<void> {
  const queries = useQueryClient();
  return useCallback(() => queries.invalidateQueries({ predicate: ({ queryKey }) => queryKey[0] !== me.queryKey[0] }), [queries]);
}
