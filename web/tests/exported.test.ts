import { expect, test } from "vitest";

import { asCsv, asJson, dated } from "../src/console/files/exported.js";
import { read } from "../src/console/files/csv.js";

const ANNA = {
  id: 7,
  kind: "person",
  email: "anna@example.com",
  email_confirmed: true,
  name: "=Anna",
  role: "read_only",
  status: "active",
  language: "en",
  created_at: "2024-01-31T12:00:00Z",
  updated_at: "2024-01-31T12:00:00Z",
  second_factors: ["totp", "passkey"],
  password_hash: "no such thing",
};

test("a file has the columns it names, exact times, and nothing else that an account may have", () => {
  const [head, row] = read(asCsv([ANNA]));

  expect(Object.fromEntries(head!.map((name, at) => [name, row?.[at]]))).toEqual({
    id: "7",
    kind: "person",
    email: "anna@example.com",
    email_confirmed: "true",
    pending_email: "",
    name: "=Anna",
    role: "read_only",
    status: "active",
    language: "en",
    created_at: "2024-01-31T12:00:00Z",
    updated_at: "2024-01-31T12:00:00Z",
    last_log_in: "",
    blocked_until: "",
    second_factors: "totp passkey",
  });
});

test("a name that a spreadsheet would run is text in the file", () => {
  expect(asCsv([ANNA])).toContain("'=Anna");
});

test("JSON has the same, as the API has it", () => {
  const { password_hash: _, ...known } = ANNA;

  expect(JSON.parse(asJson([ANNA]))).toEqual([known]);
});

test("a file is named by the day", () => {
  expect(dated("people", new Date("2024-01-31T23:00:00Z"))).toBe("people-2024-01-31");
});
