import { type Language, type Loaders, useLanguage } from "../shared/i18n.js";
import type { en } from "./words/en.js";

export type Key = keyof typeof en;

export const loaders: Loaders<Key> = {
  en: async () => (await import("./words/en.js")).en,
  ru: async () => (await import("./words/ru.js")).ru,
};

/** Return the words of /account. */
export const useWords = (): Language<Key> => useLanguage<Key>();
