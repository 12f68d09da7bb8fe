import { describe, expect, test } from "vitest";

import { compared, MOST_PEOPLE, plan, PlanError } from "../src/console/files/plan.js";

const ROLES = ["read_only", "methodist"];
const verdicts = (file: string) => plan(file, ROLES).map(({ verdict }) => verdict);

describe("plan", () => {
  test("takes columns in whatever order and case, and leaves others away", () => {
    const [line] = plan("Name,shoe,EMAIL,role,language\nAnna,38,anna@example.com,methodist,ru\n", ROLES);

    expect(line).toMatchObject({
      line: 2,
      person: { email: "anna@example.com", name: "Anna", role: "methodist", language: "ru" },
      verdict: "new",
    });
  });

  test("gives who has no role or language none, so that the service gives the default", () => {
    expect(plan("email,name,role\na@example.com,A,\n", ROLES)[0]?.person).toEqual({ email: "a@example.com", name: "A" });
  });

  test.each([
    ["not-an-address,A,,", "badEmail"],
    ["a@b@example.com,A,,", "badEmail"],
    ["a@example.com,,,", "noName"],
    [`a@example.com,${"x".repeat(101)},,`, "noName"],
    ["a@example.com,A,administrator,", "badRole"],
    ["a@example.com,A,,de", "badLanguage"],
  ])("says of %s: %s", (row, verdict) => {
    expect(verdicts(`email,name,role,language\n${row}\n`)).toEqual([verdict]);
  });

  test("says where an address stood before, in whatever case", () => {
    const lines = plan("email,name\na@example.com,A\nA@Example.com,B\n", ROLES);

    expect(lines[1]).toMatchObject({ verdict: "twice", first: 2 });
  });

  test.each([
    ["mail,name\na@example.com,A\n", "noColumns"],
    ["", "noColumns"],
    ["email,name\n", "empty"],
    [`email,name\n${"a@example.com,A\n".repeat(MOST_PEOPLE + 1)}`, "tooMany"],
  ])("refuses a file that is none of people", (file, fault) => {
    expect(() => plan(file, ROLES)).toThrow(new PlanError(fault as PlanError["fault"]));
  });
});

test("who is there already is left as they are", () => {
  const lines = plan("email,name\na@example.com,A\nb@example.com,B\n", ROLES);

  expect(compared(lines, (email) => email === "a@example.com").map(({ verdict }) => verdict)).toEqual(["there", "new"]);
});
