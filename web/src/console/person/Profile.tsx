import type { ReactNode } from "react";

import type { Account } from "../data/people.js";
import { Moment } from "../parts/Moment.js";
import { useRoleTitle } from "../parts/roles.js";
import { useLockOut } from "../parts/State.js";
import { useWords } from "../words.js";

const FACTORS = ["totp", "passkey", "recovery_code"] as const;
type Factor = (typeof FACTORS)[number];
const isFactor = (name: string): name is Factor => FACTORS.some((factor) => factor === name);

/** What an account is. */
export function Profile({ account }: { account: Account }) {
  const { t } = useWords();
  const titleOf = useRoleTitle();
  const lockOut = useLockOut(account);
  const { second_factors: factors } = account;
  const language = account.language === "ru" ? "language.ru" : "language.en";
  return (
    <section aria-labelledby="profile">
      <h2 id="profile">{t("person.profile")}</h2>
      <dl className="facts">
        <Fact name={t("people.email")}>
          {account.email}
          {account.pending_email && <div className="quiet">{t("person.pendingEmail", { email: account.pending_email })}</div>}
        </Fact>
        <Fact name={t("people.role")}>{titleOf(account.role)}</Fact>
        {factors && (
          <Fact name={t("person.factors")}>
            {factors.length ? factors.map((name) => (isFactor(name) ? t(`factor.${name}`) : name)).join(", ") : <span className="quiet">{t("person.factorsNone")}</span>}
          </Fact>
        )}
        {lockOut && <Fact name={t("status.blocked")}>{lockOut}</Fact>}
        <Fact name={t("people.lastLogIn")}><Moment at={account.last_log_in} /></Fact>
        <Fact name={t("people.created")}><Moment at={account.created_at} /></Fact>
        <Fact name={t("person.updated")}><Moment at={account.updated_at} /></Fact>
        <Fact name={t("person.language")}>{t(language)}</Fact>
        <Fact name={t("person.id")}><code>{account.id}</code></Fact>
      </dl>
    </section>
  );
}

function Fact({ name, children }: { name: string; children: ReactNode }) {
  return (
    <div>
      <dt>{name}</dt>
      <dd>{children}</dd>
    </div>
  );
}
