/** The keys that work everywhere in the console. Rows are what has `data-row`, the search what has `data-search`. */

const TYPED_IN = "input:not([type=checkbox]), textarea, select";

/** What a key is to do; those that are not here are the browser's. */
export interface Deeds {
  search(): void;
  list(): void;
}

/** Do what a key stands for. Nothing while a dialog is open, or with Ctrl, Alt or Meta. */
export function press(event: KeyboardEvent, deeds: Deeds): void {
  if (event.ctrlKey || event.altKey || event.metaKey || document.querySelector("dialog[open]")) return;
  const target = event.target instanceof HTMLElement ? event.target : document.body;
  const deed = target.matches("[data-search]") ? inSearch(event.key) : target.matches(TYPED_IN) ? undefined : outside(event.key, deeds);
  if (deed?.()) event.preventDefault();
}

function inSearch(key: string): (() => boolean) | undefined {
  if (key === "Escape") return leaveSearch;
  return key === "ArrowDown" ? () => moveTo(0) : undefined;
}

function outside(key: string, deeds: Deeds): (() => boolean) | undefined {
  const done = (deed: () => void) => () => {
    deed();
    return true;
  };
  const by: Record<string, () => boolean> = {
    "/": done(deeds.search),
    "?": done(deeds.list),
    ArrowDown: () => moveTo(here() + 1),
    ArrowUp: () => moveTo(Math.max(here() - 1, 0)),
    Home: () => here() >= 0 && moveTo(0),
    End: () => here() >= 0 && moveTo(rows().length - 1),
    x: () => pick(),
  };
  return Object.hasOwn(by, key) ? by[key] : undefined;
}

const rows = () => [...document.querySelectorAll<HTMLElement>("[data-row]")];
const rowOf = (element: Element | null) => element?.closest("tr") ?? null;
const here = () => rows().findIndex((row) => rowOf(row) !== null && rowOf(row) === rowOf(document.activeElement));

function moveTo(index: number): boolean {
  const row = rows()[index];
  row?.focus();
  row?.scrollIntoView({ block: "nearest" });
  return row !== undefined;
}

function pick(): boolean {
  const box = rowOf(document.activeElement)?.querySelector<HTMLInputElement>("input[type=checkbox]");
  box?.click();
  return box != null;
}

function leaveSearch(): boolean {
  const search = document.activeElement;
  // what was typed stays: a second thought costs nothing
  if (search instanceof HTMLElement) search.blur();
  return true;
}
