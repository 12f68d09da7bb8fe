import type { UseQueryResult } from "@tanstack/react-query";
import type { ReactNode } from "react";

import { Refused } from "../../shared/Refused.js";
import { Skeleton } from "../../shared/ui/Skeleton.js";

interface LoadedProps<Data> {
  query: UseQueryResult<Data>;
  /** How much place to keep meanwhile. */
  lines?: number;
  children(data: Data): ReactNode;
}

/** What was loaded; until then its place, and why not if it was refused. */
export function Loaded<Data>({ query, lines = 5, children }: LoadedProps<Data>) {
  return (
    <>
      {query.isError && <Refused error={query.error} retry={() => void query.refetch()} />}
      {query.data !== undefined ? children(query.data) : !query.isError && <Skeleton lines={lines} />}
    </>
  );
}
