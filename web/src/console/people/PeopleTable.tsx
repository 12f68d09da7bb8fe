import { Link } from "@tanstack/react-router";
import { useEffect, useRef } from "react";

import type { Account } from "../data/people.js";
import { Moment } from "../parts/Moment.js";
import { useRoleTitle } from "../parts/roles.js";
import { State } from "../parts/State.js";
import { useWords } from "../words.js";

export type PickedAccounts = ReadonlyMap<number, Account>;

interface PeopleTableProps {
  people: readonly Account[];
  picked: PickedAccounts;
  pick(picked: PickedAccounts): void;
}

/** A page of people. Arrows move, Enter opens, x picks. */
export function PeopleTable({ people, picked, pick }: PeopleTableProps) {
  const { t } = useWords();
  const titleOf = useRoleTitle();

  function toggle(accounts: readonly Account[], isPicked: boolean) {
    const next = new Map(picked);
    for (const account of accounts) {
      if (isPicked) next.set(account.id, account);
      else next.delete(account.id);
    }
    pick(next);
  }

  return (
    <table>
      <caption className="unseen">{t("people.title")}</caption>
      <thead>
        <tr>
          <th className="pick" data-label={t("table.pickAll")}><PickAll people={people} picked={picked} toggle={(isPicked) => toggle(people, isPicked)} /></th>
          <th>{t("people.name")}</th>
          <th>{t("people.email")}</th>
          <th>{t("people.role")}</th>
          <th>{t("people.status")}</th>
          <th className="time">{t("people.lastLogIn")}</th>
          <th className="time">{t("people.created")}</th>
        </tr>
      </thead>
      <tbody>
        {people.map((account) => (
          <tr key={account.id} className={picked.has(account.id) ? "picked" : ""}>
            <td className="pick">
              <input
                type="checkbox"
                aria-label={t("table.pick", { name: account.name })}
                checked={picked.has(account.id)}
                onChange={(event) => toggle([account], event.target.checked)}
              />
            </td>
            <td title={account.name}>
              <Link to="/console/people/$id" params={{ id: String(account.id) }} data-row>{account.name}</Link>
            </td>
            <td title={account.email}>{account.email}</td>
            <td>{titleOf(account.role)}</td>
            <td><State account={account} /></td>
            <td className="time" data-label={t("people.lastLogIn")}><Moment at={account.last_log_in} /></td>
            <td className="time" data-label={t("people.created")}><Moment at={account.created_at} /></td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

interface PickAllProps {
  people: readonly Account[];
  picked: PickedAccounts;
  toggle(isPicked: boolean): void;
}

function PickAll({ people, picked, toggle }: PickAllProps) {
  const { t } = useWords();
  const box = useRef<HTMLInputElement>(null);
  const count = people.filter(({ id }) => picked.has(id)).length;
  useEffect(() => {
    if (box.current) box.current.indeterminate = count > 0 && count < people.length;
  }, [count, people.length]);
  return (
    <input
      ref={box}
      type="checkbox"
      aria-label={t("table.pickAll")}
      checked={count === people.length}
      onChange={(event) => toggle(event.target.checked)}
    />
  );
}
