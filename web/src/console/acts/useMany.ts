import { useRef, useState } from "react";

import { actOnEach, type Progress } from "./many.js";

/** Acting on many: whether it has begun, and how far it is. */
export interface Many<Item> {
  state: "asking" | "running" | "over";
  progress: Progress<Item>;
  /** Act on each, and return how far that came. */
  run(items: readonly Item[], act: (item: Item) => Promise<unknown>): Promise<Progress<Item>>;
  stop(): void;
}

/** Return what acts on many once that is wanted. */
export function useMany<Item>(): Many<Item> {
  const stopping = useRef(new AbortController());
  const [progress, report] = useState<Progress<Item>>({ done: 0, refused: [] });
  const [state, turn] = useState<Many<Item>["state"]>("asking");

  async function run(items: readonly Item[], act: (item: Item) => Promise<unknown>) {
    turn("running");
    const reached = await actOnEach(items, { act, report, signal: stopping.current.signal });
    turn("over");
    return reached;
  }

  return { state, progress, run, stop: () => stopping.current.abort() };
}
