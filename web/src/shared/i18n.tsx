import { createContext, type ReactNode, useContext, useEffect, useMemo, useState } from "react";

export const LANGUAGES = { en: "English", ru: "Русский" } as const;
export type Code = keyof typeof LANGUAGES;

/** What a key says: a text, or one for each plural form. `{name}` stands for a value. */
export type Entry = string | ({ other: string } & Partial<Record<Intl.LDMLPluralRule, string>>);
export type Entries<Key extends string> = Readonly<Record<Key, Entry>>;
export type Values = Readonly<Record<string, string | number>>;
/** Fetches the words of one language; nobody loads what they do not read. */
export type Loaders<Key extends string> = Readonly<Record<Code, () => Promise<Entries<Key>>>>;

export interface Language<Key extends string> {
  code: Code;
  /** Have the page in this language, for as long as the tab is open; what was typed stays. */
  choose(code: Code): Promise<void>;
  /** Have it in a person's own, now and the next time, unless another one was chosen in this tab. */
  follow(own: string | undefined): void;
  /** Return the words of `key`; `values.count` decides the plural form. */
  t(key: Key, values?: Values): string;
  date(value: string | Date, style?: Intl.DateTimeFormatOptions): string;
  number(value: number): string;
  /** Return how long ago that was, or how far ahead it is, such as "2 hours ago". */
  ago(value: string | Date, now?: Date): string;
}

// of this tab: what was chosen on the page; of this browser: what its last person has in their account
const CHOSEN = "language";
const DATE_TIME: Intl.DateTimeFormatOptions = { dateStyle: "medium", timeStyle: "short" };
const UNITS: readonly [Intl.RelativeTimeFormatUnit, number][] = [
  ["year", 31_536_000],
  ["month", 2_592_000],
  ["day", 86_400],
  ["hour", 3_600],
  ["minute", 60],
];

const Context = createContext<Language<string> | undefined>(undefined);

const isCode = (text: string | null | undefined): text is Code => text != null && text in LANGUAGES;

/** Return the language to begin with: chosen here, else the person's own, else the browser's. */
export function initial(): Code {
  const wanted = [sessionStorage.getItem(CHOSEN), localStorage.getItem(CHOSEN)];
  const spoken = navigator.languages.map((tag) => tag.slice(0, 2));
  return [...wanted, ...spoken].find(isCode) ?? "en";
}

type Changes = Pick<Language<string>, "choose" | "follow">;

/** Return a language that has these words. */
export function language<Key extends string>(
  code: Code,
  entries: Entries<Key>,
  { choose, follow }: Changes,
): Language<Key> {
  const plurals = new Intl.PluralRules(code);
  const numbers = new Intl.NumberFormat(code);
  const moments = new Intl.DateTimeFormat(code, DATE_TIME);
  const relative = new Intl.RelativeTimeFormat(code, { numeric: "auto" });
  const shown = (value: string | number) => (typeof value === "number" ? numbers.format(value) : value);
  return {
    code,
    choose,
    follow,
    t(key, values = {}) {
      const entry = entries[key];
      const text = typeof entry === "string" ? entry : (entry[plurals.select(Number(values.count))] ?? entry.other);
      return text.replace(/\{(\w+)\}/g, (whole, name: string) => (name in values ? shown(values[name]!) : whole));
    },
    date: (value, style) => (style ? new Intl.DateTimeFormat(code, style) : moments).format(new Date(value)),
    number: (value) => numbers.format(value),
    ago(value, now = new Date()) {
      const seconds = (new Date(value).getTime() - now.getTime()) / 1000;
      const [unit, size] = UNITS.find(([, size]) => Math.abs(seconds) >= size) ?? ["second", 1];
      // a minute is as exact as anybody wants it
      return unit === "second" ? relative.format(0, "second") : relative.format(Math.trunc(seconds / size), unit);
    },
  };
}

interface SpokenProps<Key extends string> {
  first: { code: Code; entries: Entries<Key> };
  loaders: Loaders<Key>;
  children: ReactNode;
}

/** Gives everything inside its words, and changes them without losing what is inside. */
export function Spoken<Key extends string>({ first, loaders, children }: SpokenProps<Key>) {
  const [{ code, entries }, speak] = useState(first);
  const spoken = useMemo(() => {
    const say = async (next: Code) => speak({ code: next, entries: await loaders[next]() });
    const choose = (next: Code) => {
      sessionStorage.setItem(CHOSEN, next);
      return say(next);
    };
    const follow = (own: string | undefined) => {
      if (!isCode(own)) return;
      localStorage.setItem(CHOSEN, own);
      if (!sessionStorage.getItem(CHOSEN) && own !== code) void say(own);
    };
    return language<string>(code, entries, { choose, follow });
  }, [code, entries, loaders]);
  useEffect(() => void (document.documentElement.lang = code), [code]);
  return <Context value={spoken}>{children}</Context>;
}

/** Have what is saved as a person's own language count, and no longer what was chosen before. */
export const unchoose = (): void => sessionStorage.removeItem(CHOSEN);

/** Return the words of the page, in its language. An area has its own, by the keys that it adds. */
export function useLanguage<Key extends string>(): Language<Key> {
  const spoken = useContext(Context);
  if (!spoken) throw new Error("There are no words outside of <Spoken>");
  return spoken;
}
