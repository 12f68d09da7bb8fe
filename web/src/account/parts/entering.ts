import { useState } from "react";
import { type Challenge, type Person, UsersError } from "users-service-client";

import { queries } from "../../shared/api.js";
import { destination } from "../../shared/returning.js";
import { me } from "../../shared/session.js";
import { settings } from "../../shared/settings.js";
import { navigate, useAddress } from "../router.js";

export type Entered = { user: Person } | Challenge;

/** Return `path` with where the sign-in is to lead on, if that is known. */
export function useReturning(): (path: string) => string {
  const wanted = useAddress().search.get("return_to");
  return (path) => (wanted ? `${path}?${new URLSearchParams({ return_to: wanted })}` : path);
}

/** Return what leads on after a sign-in: to where the person came from, or to the second factor that they lack. */
export function useGoingOn(): () => Promise<void> {
  const { search } = useAddress();
  const returning = useReturning();
  return async () => {
    const url = destination(search.get("return_to"), settings.return_to, location.origin);
    const isHere = url?.origin === location.origin && /^\/account(\/|$)/.test(url.pathname);
    try {
      // whoever lacks a factor that their role demands would be turned away elsewhere
      await queries.fetchQuery({ ...me, staleTime: 0 });
    } catch (error) {
      if (!isEnrolmentDue(error)) throw error;
      return navigate(returning("/account/enrol"), { replace: true });
    }
    if (url && !isHere) location.assign(url);
    else navigate(url ? url.pathname + url.search : "/account", { replace: true });
  };
}

/** Tell whether the session is for getting a second factor, and for nothing else yet. */
export const isEnrolmentDue = (error: unknown): boolean =>
  error instanceof UsersError && error.code === "second_factor_required";

/** Return what takes the outcome of a first factor, and the challenge that it may be. */
export function useEntering() {
  const [challenge, ask] = useState<Challenge>();
  const goOn = useGoingOn();
  const enter = async (entered: Entered) => ("challenge" in entered ? ask(entered) : goOn());
  return { challenge, enter, goOn, startAgain: () => ask(undefined) };
}
