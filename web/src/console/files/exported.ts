/** Accounts as files. The API shows no hash and no token, so none can get in. */

import type { Account } from "../data/people.js";
import { written } from "./csv.js";

const COLUMNS = [
  "id",
  "kind",
  "email",
  "email_confirmed",
  "pending_email",
  "name",
  "role",
  "status",
  "language",
  "created_at",
  "updated_at",
  "last_log_in",
  "blocked_until",
  "second_factors",
] as const satisfies readonly (keyof Account)[];

export const FORMATS = {
  csv: { type: "text/csv", write: asCsv },
  json: { type: "application/json", write: asJson },
} as const;

export type Format = keyof typeof FORMATS;

/** Return a row for each account, times as the API has them (RFC 3339, UTC). */
export function asCsv(accounts: readonly Account[]): string {
  return written([COLUMNS, ...accounts.map((account) => COLUMNS.map((column) => cell(account[column])))]);
}

export function asJson(accounts: readonly Account[]): string {
  return `${JSON.stringify(accounts.map(known), undefined, 2)}\n`;
}

// what a later version of the API may add is not for files of this one
const known = (account: Account) => Object.fromEntries(COLUMNS.map((column) => [column, account[column]]));

function cell(value: Account[(typeof COLUMNS)[number]]): string {
  return Array.isArray(value) ? value.join(" ") : String(value ?? "");
}

/** Return the beginning of a file's name with today's date, such as `people-2024-01-31`. */
export const dated = (name: string, now = new Date()): string => `${name}-${now.toISOString().slice(0, 10)}`;
