import { type ErrorComponentProps, useRouter } from "@tanstack/react-router";

import { Refused } from "../shared/Refused.js";
import { Skeleton } from "../shared/ui/Skeleton.js";

/** While a page is on its way. */
export function Waiting() {
  return <Skeleton lines={4} />;
}

/** A page that could not be loaded. */
export function Failed({ error, reset }: ErrorComponentProps) {
  const router = useRouter();
  const retry = () => {
    reset();
    void router.invalidate();
  };
  return <Refused error={error} retry={retry} />;
}
