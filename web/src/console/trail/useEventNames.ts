import { useQuery } from "@tanstack/react-query";

import { events, nameOf } from "../../shared/eventWords.js";
import { useWords } from "../words.js";

interface EventNames {
  /** What the trail calls the events that there are words for. */
  all: readonly string[];
  of(what: string): string;
}

/** Return what events are called, in the language of the page; until that is loaded, as the trail calls them. */
export function useEventNames(): EventNames {
  const { code } = useWords();
  const { data } = useQuery(events(code));
  return { all: data ? Object.keys(data) : [], of: (what) => (data ? nameOf(data, what) : what) };
}
