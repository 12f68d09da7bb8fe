import { useQuery } from "@tanstack/react-query";
import { type ReactNode, useEffect } from "react";
import { UsersError } from "users-service-client";

import { Refused } from "../shared/Refused.js";
import { me, useMe } from "../shared/session.js";
import { Skeleton } from "../shared/ui/Skeleton.js";
import { isEnrolmentDue } from "./parts/entering.js";
import { navigate } from "./router.js";

/** Shows what is inside to whoever is signed in; everybody else signs in first and comes back. */
export function Own({ children }: { children: ReactNode }) {
  const { data, error, refetch } = useQuery(me);
  const isNobody = error instanceof UsersError && error.status === 401;
  const isDue = isEnrolmentDue(error);
  useEffect(() => {
    const here = location.pathname + location.search;
    const returning = here === "/account" ? "" : `?${new URLSearchParams({ return_to: here })}`;
    if (isNobody) navigate(`/account/sign-in${returning}`, { replace: true });
    if (isDue) navigate(`/account/enrol${returning}`, { replace: true });
  }, [isNobody, isDue]);

  if (data) return <Spoken>{children}</Spoken>;
  if (error && !isNobody && !isDue) return <Refused error={error} retry={() => void refetch()} />;
  return <Skeleton lines={4} />;
}

/** Speaks the person's own language from here on. */
function Spoken({ children }: { children: ReactNode }) {
  useMe();
  return children;
}
