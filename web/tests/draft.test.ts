import { expect, test } from "vitest";

import { bodyOf, draftOf, NEW } from "../src/console/roles/draft.js";

const ROLE = {
  name: "methodist",
  title: { en: "Methodist", ru: "Методист" },
  permissions: ["users:read", "roles:read", "content:read", "content:write"],
  builtin: true,
  back_end: false,
  second_factor: true,
};

test("a role that is opened and saved is as before", () => {
  const { name: _, builtin: __, ...body } = ROLE;

  expect(bodyOf(draftOf(ROLE))).toEqual(body);
});

test("permissions of applications may stand in lines or with commas, and once", () => {
  expect(bodyOf({ ...NEW, others: "a:b, c:d\n\na:b" }).permissions).toEqual(["a:b", "c:d"]);
});
