import type { Code } from "./i18n.js";
import type { en } from "./words/events/en.js";

/** What each event of the trail is called. */
export type EventNames = Readonly<Record<keyof typeof en, string>>;

const LOADERS: Readonly<Record<Code, () => Promise<EventNames>>> = {
  en: async () => (await import("./words/events/en.js")).en,
  ru: async () => (await import("./words/events/ru.js")).ru,
};

/** The names in this language, which only pages with a trail load. */
export const events = (code: Code) => ({ queryKey: ["event-names", code], queryFn: LOADERS[code], staleTime: Infinity });

/** Return what an event is called; one that is newer than these pages keeps the trail's own name. */
export const nameOf = (names: EventNames, what: string): string => (names as Readonly<Record<string, string>>)[what] ?? what;
