import { UsersError } from "users-service-client";

import { GivenUpError } from "../../shared/errors.js";

export interface Refusal<Item> {
  item: Item;
  error: unknown;
}

export interface Progress<Item> {
  done: number;
  refused: readonly Refusal<Item>[];
  /** For how long the service has asked to wait, while it is waited. */
  waitSeconds?: number;
}

interface Running<Item> {
  act(item: Item): Promise<unknown>;
  report(progress: Progress<Item>): void;
  signal: AbortSignal;
  pause?: (seconds: number) => Promise<unknown>;
}

const LONGEST_WAIT_SECONDS = 120;
const MOST_WAITS = 5;
// the session is over, or its owner would not say who they are: the rest would be refused likewise
const isOver = (error: unknown) => error instanceof GivenUpError || (error instanceof UsersError && error.status === 401);

const pauseFor = (seconds: number) => new Promise((over) => setTimeout(over, seconds * 1000));

/**
 * Act on each item, one after the other, as the service wants it of one session; who is refused keeps
 * nobody else from it. Ends early when `signal` says so, or nobody may go on.
 */
export async function actOnEach<Item>(items: readonly Item[], { act, report, signal, pause = pauseFor }: Running<Item>): Promise<Progress<Item>> {
  let progress: Progress<Item> = { done: 0, refused: [] };
  const tell = (next: Progress<Item>) => report((progress = next));
  for (const item of items) {
    if (signal.aborted) break;
    try {
      await patiently(() => act(item), signal, async (waitSeconds) => {
        tell({ ...progress, waitSeconds });
        await pause(waitSeconds);
      });
      tell({ done: progress.done + 1, refused: progress.refused });
    } catch (error) {
      tell({ done: progress.done, refused: [...progress.refused, { item, error }] });
      if (isOver(error)) break;
    }
  }
  return progress;
}

/** Do it again as long as the service says when to come back: nothing was decided then. */
async function patiently(act: () => Promise<unknown>, signal: AbortSignal, wait: (seconds: number) => Promise<void>): Promise<void> {
  for (let waits = 0; ; waits += 1) {
    try {
      return void (await act());
    } catch (error) {
      const seconds = error instanceof UsersError ? error.retryAfterSeconds : undefined;
      if (seconds === undefined || seconds > LONGEST_WAIT_SECONDS || waits >= MOST_WAITS || signal.aborted) throw error;
      await wait(seconds);
    }
  }
}
