import { expect, test } from "vitest";

import { areasOf, permitsAll } from "../src/console/permissions.js";
import { permits } from "../src/shared/permissions.js";

test("a star permits everything", () => {
  expect(permits(["*"], "users:delete")).toBe(true);
});

test("what is not held is not permitted", () => {
  expect(permits(["users:read"], "users:delete")).toBe(false);
});

test("a role can be given by who holds all of it", () => {
  expect(permitsAll(["users:read", "roles:read"], ["roles:read"])).toBe(true);
  expect(permitsAll(["users:read"], ["users:read", "*"])).toBe(false);
});

test("an area opens by its permission alone", () => {
  expect(areasOf(["audit:read"])).toEqual(["trail"]);
  expect(areasOf(["content:read"])).toEqual([]);
  expect(areasOf(["*"])).toEqual(["people", "roles", "backEnds", "webhooks", "trail"]);
});
