import type { Entries } from "../../shared/i18n.js";
import { ru as shared } from "../../shared/words/ru.js";
import type { en } from "./en.js";

/** What /console says, in Russian. */
export const ru: Entries<keyof typeof en> = {
  ...shared,
  "start.title": "Консоль",
};
