import type { Event } from "../data/trail.js";
import { type Key, useWords } from "../words.js";

const WHYS = ["log_out", "ended_by_user", "ended_by_administrator", "ended_by_operator", "refresh_token_replayed"] as const;

/** What else the trail says of an event, as it says it; reasons in words. */
export function Details({ details }: Pick<Event, "details">) {
  const { t } = useWords();
  const said = (name: string, value: Event["details"][string]) => {
    const why = name === "why" && WHYS.find((one) => one === value);
    if (why) return t(`why.${why}` satisfies Key);
    return `${name}: ${Array.isArray(value) ? value.join(", ") : String(value)}`;
  };
  const text = Object.entries(details).map(([name, value]) => said(name, value)).join("; ");
  return <span title={text}>{text}</span>;
}
