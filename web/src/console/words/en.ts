import { en as shared } from "../../shared/words/en.js";

/** What /console says, in English; the keys are those of every language. */
export const en = {
  ...shared,
  "start.title": "Console",
} as const;
