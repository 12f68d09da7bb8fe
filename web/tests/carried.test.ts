import { expect, test } from "vitest";

import { read } from "../src/account/carried.js";

test.each([
  ["#reset_token=pr.a", { kind: "reset_token", token: "pr.a" }],
  ["#email_token=su.a", { kind: "email_token", token: "su.a" }],
  ["#undo_token=eu.a", { kind: "undo_token", token: "eu.a" }],
  ["#challenge=c&code=12345678", { kind: "challenge", challenge: "c", code: "12345678" }],
])("%s carries what its page is for", (hash, carried) => {
  expect(read(hash)).toEqual(carried);
});

test.each(["", "#", "#main", "#reset_token=", "#challenge=c", "#code=12345678", "#token=x"])("%j carries nothing", (hash) => {
  expect(read(hash)).toBeUndefined();
});
