import type { Event } from "../data/trail.js";
import { useRoleTitle } from "../parts/roles.js";
import { type Key, useWords } from "../words.js";

type Value = Event["details"][string];

// what is said, in this order; the rest, such as numbers of sessions, is on hover, as the trail has it
const SAID = [
  "why",
  "role",
  "kind",
  "status",
  "language",
  "name",
  "email",
  "title",
  "device",
  "count",
  "left",
  "surplus_ended",
  "granted",
  "withdrawn",
  "second_factor",
  "second_factors",
  "webhook",
  "secret",
] as const;
type Name = (typeof SAID)[number];

// the values of some of them that there are words for
const VALUES: Partial<Record<Name, Readonly<Record<string, Key>>>> = {
  why: {
    log_out: "why.log_out",
    ended_by_user: "why.ended_by_user",
    ended_by_administrator: "why.ended_by_administrator",
    ended_by_operator: "why.ended_by_operator",
    refresh_token_replayed: "why.refresh_token_replayed",
  },
  kind: { person: "kind.person", service: "kind.service" },
  status: { active: "status.active", disabled: "status.disabled" },
  language: { en: "language.en", ru: "language.ru" },
  name: { changed: "value.changed" },
  title: { changed: "value.changed" },
  email: { "to be confirmed": "value.toBeConfirmed", "called off": "value.calledOff" },
  device: { known: "value.known", unknown: "value.unknown" },
  second_factor: { demanded: "value.demanded", "no longer demanded": "value.noLongerDemanded" },
  second_factors: { totp: "factor.totp", passkey: "factor.passkey", recovery_code: "factor.recovery_code" },
  secret: { new: "value.new" },
};

/** What else the trail says of an event, in words as far as there are any. */
export function Details({ details }: Pick<Event, "details">) {
  const { t } = useWords();
  const titleOf = useRoleTitle();

  function worded(name: Name, value: Value): string {
    const one = (single: string | number) => {
      const key = VALUES[name]?.[single];
      return key ? t(key) : name === "role" ? titleOf(String(single)) : String(single);
    };
    return Array.isArray(value) ? value.map(one).join(", ") : one(value as string | number);
  }

  const said = SAID.filter((name) => name in details && details[name] !== 0).map((name) => {
    const value = worded(name, details[name]!);
    return name === "why" ? value : t(`detail.${name}`, { value });
  });
  const exact = Object.entries(details).map(([name, value]) => `${name}: ${String(value)}`);
  return <span title={exact.join("\n")}>{said.join("; ")}</span>;
}
