import { useEffect, useRef } from "react";
import { UsersError } from "users-service-client";

import { users } from "../../shared/api.js";
import { canOfferPasskeys, logInOptions, used } from "../../shared/passkeys.js";
import { settings } from "../../shared/settings.js";
import type { Entered } from "./entering.js";

// a challenge lasts five minutes; the browser must not answer one that is over
const RENEW_MS = 4 * 60_000;

/**
 * Offer the person's passkeys in the field for the e-mail, while the page is there (conditional mediation).
 * Returns what ends the offer: a browser asks for one credential at a time.
 */
export function useOfferedPasskey(enter: (entered: Entered) => Promise<void>, refused: (error: unknown) => void): () => void {
  const calls = useRef({ enter, refused });
  useEffect(() => void (calls.current = { enter, refused }));
  const offer = useRef<AbortController>(undefined);

  useEffect(() => {
    const page = new AbortController();
    const again = () => {
      offer.current = new AbortController();
      const { signal } = offer.current;
      void offered(AbortSignal.any([signal, page.signal])).then(
        (entered) => entered && calls.current.enter(entered),
      ).catch((error: unknown) => calls.current.refused(error));
    };
    const renew = setInterval(() => {
      // not if the person has begun with another way
      if (offer.current?.signal.aborted) return;
      offer.current?.abort();
      again();
    }, RENEW_MS);
    again();
    return () => {
      clearInterval(renew);
      page.abort();
    };
  }, []);
  return () => offer.current?.abort();
}

/** Wait for the person to choose a passkey; nothing comes of it where there are none, or they do otherwise. */
async function offered(signal: AbortSignal): Promise<Entered | undefined> {
  if (!settings.passkeys || !(await canOfferPasskeys())) return undefined;
  try {
    const options = await logInOptions();
    if (signal.aborted) return undefined;
    const credential = await used(options, { signal, mediation: "conditional" });
    return await users.logInWithPasskey({ credential });
  } catch (error) {
    // an offer that cannot be made is none: the form is there
    if (error instanceof UsersError && error.code === "invalid_passkey") throw error;
    return undefined;
  }
}
