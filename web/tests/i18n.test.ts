import { describe, expect, test } from "vitest";

import { language } from "../src/shared/i18n.js";
import { en } from "../src/shared/words/en.js";
import { ru } from "../src/shared/words/ru.js";

const still = { choose: async () => {}, follow: () => {} };
const english = language("en", en, still);
const russian = language("ru", ru, still);

describe("words", () => {
  test.each([
    [1, "Повторите через 1 минуту."],
    [3, "Повторите через 3 минуты."],
    [11, "Повторите через 11 минут."],
    [21, "Повторите через 21 минуту."],
  ])("Russian declines after %d", (count, end) => {
    expect(russian.t("error.wait_minutes", { count })).toContain(end);
  });

  test("a value is text, whatever is in it", () => {
    const { t } = language("en", { greeting: "Hello {name}" }, still);

    expect(t("greeting", { name: "<b>$& {name}</b>" })).toBe("Hello <b>$& {name}</b>");
  });

  test.each([
    ["2026-01-01T10:00:00Z", "2 hours ago"],
    ["2025-12-31T12:00:00Z", "yesterday"],
    ["2026-01-01T11:59:30Z", "now"],
  ])("%s is %s", (at, said) => {
    expect(english.ago(at, new Date("2026-01-01T12:00:00Z"))).toBe(said);
  });

  test("each placeholder of English is in Russian, and no other", () => {
    const placeholders = (entry: unknown) => [...new Set(JSON.stringify(entry).match(/\{\w+\}/g))].sort();

    for (const key of Object.keys(en) as (keyof typeof en)[]) {
      expect(placeholders(ru[key]), key).toEqual(placeholders(en[key]));
    }
  });
});
