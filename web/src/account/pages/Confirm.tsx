import { useState } from "react";
import { UsersError, unwrap } from "users-service-client";

import { api } from "../../shared/api.js";
import { PasswordField } from "../../shared/ui/Field.js";
import { Form } from "../../shared/ui/Form.js";
import * as carried from "../carried.js";
import { Page } from "../Page.js";
import { LinkGone } from "../parts/LinkGone.js";
import { signedOutNow } from "../parts/leaving.js";
import { navigate } from "../router.js";
import { useWords } from "../words.js";

const lacksPassword = (error: unknown) =>
  error instanceof UsersError && error.details.some(({ field }) => field === "passw");

/** Confirm an address by the link of a mail: that of an account, the next one of an account, or of a sign-up. */
export function Confirm() {
  const { t } = useWords();
  const link = carried.given("email_token");
  const [isSignUp, takePassword] = useState(false);
  if (!link) return <LinkGone />;

  async function confirm(email_token: string, passw: string | undefined) {
    try {
      unwrap(await api.PUT("/api/v1/public/users/email", { body: passw === undefined ? { email_token } : { email_token, passw } }));
    } catch (error) {
      // of a sign-up, which its password belongs to
      if (passw === undefined && lacksPassword(error)) return takePassword(true);
      throw error;
    }
    carried.drop();
    await signedOutNow();
    navigate("/account/sign-in", { replace: true, notice: isSignUp ? "signed_up" : "email_confirmed" });
  }

  return (
    <Page key={String(isSignUp)} title={t("confirm.title")} isAnswer={!isSignUp}>
      <p>{t(isSignUp ? "confirm.password_lead" : "confirm.lead")}</p>
      <Form button={t("confirm.button")} submit={({ passw }) => confirm(link.token, passw)}>
        {isSignUp && <PasswordField name="passw" label={t("field.password")} autoComplete="current-password" autoFocus required />}
      </Form>
    </Page>
  );
}
