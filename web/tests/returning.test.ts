import { expect, test } from "vitest";

import { destination } from "../src/shared/returning.js";

const HERE = "https://users.example.com";
const ALLOWED = ["https://app.example.com"];
const lead = (wanted: unknown) => destination(wanted, ALLOWED, HERE)?.href;

test.each([
  ["/console/people?q=a", "https://users.example.com/console/people?q=a"],
  ["https://app.example.com/x", "https://app.example.com/x"],
  ["https://users.example.com/account", "https://users.example.com/account"],
])("%s is where a sign-in may lead", (wanted, url) => {
  expect(lead(wanted)).toBe(url);
});

test.each([
  "https://evil.example.com/",
  "//evil.example.com",
  "/\\evil.example.com",
  "\\\\evil.example.com",
  "/\t/evil.example.com",
  "https:evil.example.com",
  "https:/evil.example.com",
  "javascript:alert(1)",
  "data:text/html,x",
  "https://app.example.com@evil.example.com/",
  "https://app.example.com.evil.example.com/",
  "https://user@app.example.com/",
  "http://app.example.com/",
  " https://app.example.com/",
  "",
  undefined,
  ["/account"],
])("%j is not", (wanted) => {
  expect(lead(wanted)).toBeUndefined();
});
