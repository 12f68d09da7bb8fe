/** What can be done to an account: to one, or to many. */

import { permits } from "../../shared/permissions.js";
import * as people from "../data/people.js";
import type { Account } from "../data/people.js";
import { isBlocked } from "../parts/State.js";
import type { Permission } from "../permissions.js";

export type ActName = "enable" | "unblock" | "role" | "mailLink" | "endSessions" | "resetFactors" | "disable" | "delete";

export interface Act {
  name: ActName;
  permission: Permission;
  /** It takes something away. */
  isDangerous: boolean;
  /** Whether there is something to do to this account. */
  fits(account: Account): boolean;
  /** `role` is the one chosen, of the act that gives one. Throws `UsersError`. */
  perform(account: Account, role: string): Promise<unknown>;
  /** What brings the account back to how it was, where the API allows. */
  undo?(before: Account): Promise<unknown>;
}

const isPerson = ({ kind }: Account) => kind === "person";
const isActive = ({ status }: Account) => status === "active";

const ACTS: readonly Act[] = [
  {
    name: "enable",
    permission: "users:update",
    isDangerous: false,
    fits: (account) => !isActive(account),
    perform: ({ id }) => people.change(id, { status: "active" }),
    undo: ({ id }) => people.change(id, { status: "disabled" }),
  },
  {
    name: "unblock",
    permission: "users:update",
    isDangerous: false,
    fits: isBlocked,
    perform: ({ id }) => people.unblock(id),
  },
  {
    name: "role",
    permission: "users:update",
    isDangerous: false,
    fits: isPerson,
    perform: ({ id }, role) => people.change(id, { role }),
    undo: ({ id, role }) => people.change(id, { role }),
  },
  {
    name: "mailLink",
    // anybody may ask for such a mail; here it is for those who look after accounts
    permission: "users:update",
    isDangerous: false,
    fits: (account) => isPerson(account) && isActive(account),
    perform: ({ email }) => people.mailPasswordLink(email),
  },
  {
    name: "endSessions",
    permission: "seances:end",
    isDangerous: true,
    fits: () => true,
    perform: ({ id }) => people.endSessions(id),
  },
  {
    name: "resetFactors",
    permission: "users:update",
    isDangerous: true,
    fits: ({ second_factors }) => second_factors != null && second_factors.length > 0,
    perform: ({ id }) => people.resetFactors(id),
  },
  {
    name: "disable",
    permission: "users:update",
    isDangerous: true,
    fits: isActive,
    perform: ({ id }) => people.change(id, { status: "disabled" }),
    undo: ({ id }) => people.change(id, { status: "active" }),
  },
  {
    name: "delete",
    permission: "users:delete",
    isDangerous: true,
    fits: () => true,
    perform: ({ id }) => people.remove(id),
  },
];

/** Return what these permissions let one do. */
export const actsFor = (held: readonly string[]): readonly Act[] => ACTS.filter(({ permission }) => permits(held, permission));
