import { useState } from "react";
import { unwrap } from "users-service-client";

import { api } from "../../shared/api.js";
import { useMe } from "../../shared/session.js";
import { Button } from "../../shared/ui/Button.js";
import { Page } from "../Page.js";
import { signedOutNow } from "../parts/leaving.js";
import { Question } from "../parts/Question.js";
import { navigate } from "../router.js";
import { useWords } from "../words.js";

/** Delete one's account, with everything personal. */
export function Delete() {
  const { t } = useWords();
  const { email } = useMe();
  const [isAsking, ask] = useState(false);

  async function remove() {
    unwrap(await api.DELETE("/api/v1/private/users/any"));
    await signedOutNow();
    navigate("/account/sign-in", { replace: true, notice: "deleted" });
  }

  return (
    <Page title={t("delete.title")} back={["/account/data", t("data.title")]} isAnswer>
      <p>{t("delete.lead", { email })}</p>
      <Button kind="danger" onClick={() => ask(true)}>{t("delete.button")}</Button>
      {isAsking && (
        <Question title={t("delete.confirm_title", { email })} verb={t("delete.button")} act={remove} close={() => ask(false)}>
          <p>{t("delete.confirm_lead")}</p>
        </Question>
      )}
    </Page>
  );
}
