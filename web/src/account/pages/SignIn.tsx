import { useNavigate, useSearch } from "@tanstack/react-router";

import { users } from "../../shared/api.js";
import { destination } from "../../shared/returning.js";
import { settings } from "../../shared/settings.js";
import { PasswordField, TextField } from "../../shared/ui/Field.js";
import { Form } from "../../shared/ui/Form.js";
import { Page } from "../Page.js";
import { useWords } from "../words.js";

/** Sign in by e-mail and password. */
export function SignIn() {
  const { t } = useWords();
  const navigate = useNavigate();
  const { return_to } = useSearch({ from: "/account/sign-in" });

  async function goOn() {
    const url = destination(return_to, settings.return_to, location.origin);
    if (url?.origin === location.origin && url.pathname.startsWith("/account")) await navigate({ href: url.pathname + url.search });
    else if (url) location.assign(url);
    else await navigate({ to: "/account" });
  }

  return (
    <Page title={t("sign_in.title")}>
      <p className="quiet">{t("sign_in.to", { name: settings.name })}</p>
      <Form
        button={t("sign_in.button")}
        submit={async ({ email = "", passw = "" }) => {
          await users.logIn({ email, passw });
          await goOn();
        }}
      >
        <TextField name="email" label={t("field.email")} type="email" autoComplete="username webauthn" autoFocus required />
        <PasswordField name="passw" label={t("field.password")} autoComplete="current-password" required />
      </Form>
    </Page>
  );
}
