import { expect, test } from "vitest";

import { byDay, dayBefore } from "../src/console/start/days.js";

const NOW = new Date(2024, 2, 1, 12);
const at = (...when: [number, number, number, number]) => new Date(...when).toISOString();

test("a day begins at midnight where one looks, across months too", () => {
  expect(dayBefore(1, NOW)).toEqual(new Date(2024, 1, 29));
});

test("events are counted by the day that they fall on, and days without any are there", () => {
  const times = [at(2024, 2, 1, 0), at(2024, 2, 1, 11), at(2024, 1, 28, 23)];

  const days = byDay(times, { days: 3, now: NOW, isWhole: true });

  expect(days.map(({ count }) => count)).toEqual([1, 0, 2]);
  expect(days.some(({ isCut }) => isCut)).toBe(false);
});

test("days before the oldest known event are cut where there are more", () => {
  const days = byDay([at(2024, 2, 1, 1), at(2024, 1, 29, 9)], { days: 3, now: NOW, isWhole: false });

  expect(days.map(({ isCut }) => isCut)).toEqual([true, true, false]);
});
