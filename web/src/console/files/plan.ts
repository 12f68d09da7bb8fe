/** What an import would do, line by line, before it does anything. */

import type { Code } from "../../shared/i18n.js";
import type { NewPerson } from "../data/people.js";
import { read } from "./csv.js";

export const MOST_PEOPLE = 1_000;

export type Verdict = "new" | "there" | "twice" | "badEmail" | "noName" | "badRole" | "badLanguage";

/** A line of the file. `key` is that of its request, however often it is sent. */
export interface Line {
  line: number;
  person: NewPerson;
  verdict: Verdict;
  /** The line that has the same address before. */
  first?: number;
  key: string;
}

export type FileFault = "noColumns" | "empty" | "tooMany";

/** The file is none of people. */
export class PlanError extends Error {
  override readonly name = "PlanError";
  readonly fault: FileFault;

  constructor(fault: FileFault) {
    super(fault);
    this.fault = fault;
  }
}

// what cannot be an address; the API looks closer
const EMAIL = /^[^\s@"(),:;<>[\]\\]+@[^\s@.]+(\.[^\s@.]+)+$/;
const NAME_LENGTH = 100;
const EMAIL_LENGTH = 254;

/** Read a file of people; `roles` are those that may be given. Throws `CsvError` and `PlanError`. */
export function plan(file: string, roles: readonly string[]): Line[] {
  const [head, ...rows] = read(file);
  const columns = (head ?? []).map((name) => name.trim().toLowerCase());
  if (!columns.includes("email") || !columns.includes("name")) throw new PlanError("noColumns");
  if (rows.length === 0) throw new PlanError("empty");
  if (rows.length > MOST_PEOPLE) throw new PlanError("tooMany");
  const seen = new Map<string, number>();
  return rows.map((row, index) => {
    const said = (column: string) => (row[columns.indexOf(column)] ?? "").trim();
    const line = index + 2;
    const email = said("email");
    const first = seen.get(sameness(email));
    if (first === undefined) seen.set(sameness(email), line);
    const person = personOf(email, said);
    const verdict = first === undefined ? judged(person, roles) : "twice";
    return { line, person, verdict, key: crypto.randomUUID(), ...(first !== undefined && { first }) };
  });
}

/** Return the lines, with those that are there already marked. */
export function compared(lines: readonly Line[], isThere: (email: string) => boolean): Line[] {
  return lines.map((line) => (line.verdict === "new" && isThere(line.person.email) ? { ...line, verdict: "there" } : line));
}

/** Return what two spellings of one address have in common. */
export const sameness = (email: string): string => email.normalize("NFC").toLowerCase();

function personOf(email: string, said: (column: string) => string): NewPerson {
  const role = said("role");
  const language = said("language");
  return { email, name: said("name"), ...(role && { role }), ...(language && { language: language as Code }) };
}

function judged({ email, name, role, language }: NewPerson, roles: readonly string[]): Verdict {
  if (!EMAIL.test(email) || email.length > EMAIL_LENGTH) return "badEmail";
  if (name === "" || [...name].length > NAME_LENGTH) return "noName";
  if (role !== undefined && !roles.includes(role)) return "badRole";
  if (language !== undefined && !["en", "ru"].includes(language)) return "badLanguage";
  return "new";
}
