import { useState } from "react";
import { unwrap } from "users-service-client";

import { api, queries } from "../../shared/api.js";
import { Refused } from "../../shared/Refused.js";
import { Banner } from "../../shared/ui/Banner.js";
import { Button } from "../../shared/ui/Button.js";
import { Skeleton } from "../../shared/ui/Skeleton.js";
import { settings } from "../../shared/settings.js";
import { Page } from "../Page.js";
import { type OwnData, useOwnData } from "../parts/ownData.js";
import { Passkeys } from "../parts/Passkeys.js";
import { Question } from "../parts/Question.js";
import { Link } from "../router.js";
import { useWords } from "../words.js";

/** What protects the account, and what to do next about it. */
export function Security() {
  const { t } = useWords();
  const { data, error, refetch } = useOwnData();
  const [done, say] = useState("");
  return (
    <Page title={t("security.title")} back={["/account", t("nav.overview")]} isAnswer>
      <div role="status">{done && <Banner kind="done">{done}</Banner>}</div>
      {data ? (
        <Sections account={data.account} say={say} />
      ) : error ? (
        <Refused error={error} retry={() => void refetch()} />
      ) : (
        <Skeleton lines={8} />
      )}
    </Page>
  );
}

interface SectionsProps {
  account: OwnData["account"];
  say(done: string): void;
}

function Sections({ account: { password_changed_at, second_factors }, say }: SectionsProps) {
  const { t, ago } = useWords();
  const hasApp = second_factors.includes("totp");
  const hasPasskey = second_factors.includes("passkey");
  return (
    <>
      <section>
        <h2>{t("security.password")}</h2>
        {password_changed_at && <p className="quiet">{t("security.password_changed", { ago: ago(password_changed_at) })}</p>}
        <Link className="button plain" to="/account/password">{t("security.password_change")}</Link>
      </section>
      <section>
        <h2>{t("security.app")}</h2>
        <p>{t(hasApp ? "security.app_on" : "security.app_off")}</p>
        <div className="actions">
          <Link className="button plain" to="/account/app">{t(hasApp ? "security.app_replace" : "security.app_add")}</Link>
          {hasApp && <RemoveApp isLast={!hasPasskey} say={say} />}
        </div>
      </section>
      {settings.passkeys && <Passkeys isLast={!hasApp} say={say} />}
      {(hasApp || hasPasskey) && (
        <section>
          <h2>{t("security.codes")}</h2>
          <p>{t("security.codes_on")}</p>
          <Link className="button plain" to="/account/recovery-codes">{t("security.codes_renew")}</Link>
        </section>
      )}
    </>
  );
}

function RemoveApp({ isLast, say }: { isLast: boolean; say: SectionsProps["say"] }) {
  const { t } = useWords();
  const [isAsking, ask] = useState(false);

  async function remove() {
    unwrap(await api.DELETE("/api/v1/private/users/totp"));
    ask(false);
    await queries.invalidateQueries();
    say(t("security.app_removed"));
  }

  return (
    <>
      <Button onClick={() => ask(true)}>{t("security.app_remove")}</Button>
      {isAsking && (
        <Question title={t("security.app_remove_title")} verb={t("security.app_remove")} act={remove} close={() => ask(false)}>
          <p>{t(isLast ? "security.last_factor" : "security.app_remove_lead")}</p>
        </Question>
      )}
    </>
  );
}
