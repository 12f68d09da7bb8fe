import type { Account } from "../data/people.js";
import { useWords } from "../words.js";

/** When the API says that a password is off for good. */
const FOR_EVER_YEAR = "9999";

/** Tell whether the account is locked out at this moment. */
export const isBlocked = ({ blocked_until }: Pick<Account, "blocked_until">): boolean =>
  blocked_until != null && new Date(blocked_until) > new Date();

/** Return in words until when an account is locked out, if it is. */
export function useLockOut(account: Account): string | undefined {
  const { t, date } = useWords();
  const { blocked_until: until } = account;
  if (until == null || !isBlocked(account)) return undefined;
  return until.startsWith(FOR_EVER_YEAR) ? t("status.passwordOff") : t("status.blockedUntil", { time: date(until) });
}

/** What state an account is in, in words. */
export function State({ account }: { account: Account }) {
  const { t } = useWords();
  const lockOut = useLockOut(account);
  return (
    <span className="badges">
      {account.status === "disabled" ? <span className="badge bad">{t("status.disabled")}</span> : <span className="badge plain">{t("status.active")}</span>}
      {lockOut && <span className="badge bad" title={lockOut}>{t("status.blocked")}</span>}
      {account.email_confirmed === false && <span className="badge">{t("status.unconfirmed")}</span>}
      {account.kind === "service" && <span className="badge">{t("kind.service")}</span>}
    </span>
  );
}
