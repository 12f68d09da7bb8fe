import { expect, test, vi } from "vitest";

import { areasOf, PERMISSIONS } from "../src/console/permissions.js";

vi.mock("../src/shared/api.js", () => ({ api: {}, queries: {}, users: {} }));
const { mayOpenConsole } = await import("../src/shared/session.js");

test.each([...PERMISSIONS, "*", "content:read"])("%s leads to the console if it opens something there", (permission) => {
  expect(mayOpenConsole({ permissions: [permission] })).toBe(areasOf([permission]).length > 0);
});
