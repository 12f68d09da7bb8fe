import { expect, test } from "vitest";

import { readEventsSearch, readPeopleSearch } from "../src/console/searches.js";

test("an address says which people, in which order", () => {
  const said = { role: "methodist", status: "active", sort: "created_at", order: "asc", cursor: "abc" };

  expect(readPeopleSearch(said)).toEqual(said);
});

test("what an address should not say is left away", () => {
  expect(readPeopleSearch({ role: "No Role", status: "odd", sort: "name", order: "up", cursor: "", else: "x" })).toEqual({});
  expect(readEventsSearch({ event: "<b>", actor: "0", since: "yesterday", until: "1999-01-01" })).toEqual({});
});

test("an order by time does not go with a search", () => {
  expect(readPeopleSearch({ search: "anna", sort: "created_at", order: "asc" })).toEqual({ search: "anna" });
});

test("an address says which events", () => {
  const said = { event: "user_created", actor: "1", since: "2024-01-01", until: "2024-02-01" };

  expect(readEventsSearch(said)).toEqual(said);
});
