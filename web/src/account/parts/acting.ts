import { useState } from "react";

import { useProof } from "../../shared/Proof.js";

/** Does something at the press of a button: what it was refused with, and whether it is at work. */
export interface Acting {
  act(deed: () => Promise<unknown>): Promise<void>;
  isBusy: boolean;
  refusal: unknown;
}

/** Return what does an act once at a time, with a recent proof where it takes one. */
export function useActing(): Acting {
  const prove = useProof();
  const [isBusy, setBusy] = useState(false);
  const [refusal, refuse] = useState<unknown>();
  async function act(deed: () => Promise<unknown>) {
    if (isBusy) return;
    setBusy(true);
    refuse(undefined);
    try {
      await prove(deed);
    } catch (error) {
      refuse(error);
    } finally {
      setBusy(false);
    }
  }
  return { act, isBusy, refusal };
}
