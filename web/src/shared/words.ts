import { type Language, useLanguage } from "./i18n.js";
import type { en } from "./words/en.js";

export type SharedKey = keyof typeof en;

/** Return what both areas say. */
export const useShared = (): Language<SharedKey> => useLanguage<SharedKey>();
