import { useState } from "react";
import { unwrap } from "users-service-client";

import { api } from "../../shared/api.js";
import { settings } from "../../shared/settings.js";
import { Button } from "../../shared/ui/Button.js";
import { TextField } from "../../shared/ui/Field.js";
import { Form } from "../../shared/ui/Form.js";
import { Page } from "../Page.js";
import { useReturning } from "../parts/entering.js";
import { NewPasswordField } from "../parts/NewPasswordField.js";
import { Link } from "../router.js";
import { useWords } from "../words.js";

/** Ask for an account; the link of a mail then makes it. */
export function SignUp() {
  const { t, code } = useWords();
  const returning = useReturning();
  const [sentTo, sendTo] = useState("");
  const back = <Link to={returning("/account/sign-in")}>{t("sign_up.have_one")}</Link>;

  if (!settings.sign_up) {
    return (
      <Page title={t("sign_up.title")} isAnswer>
        <p>{t("error.sign_up_closed")}</p>
        <p>{back}</p>
      </Page>
    );
  }
  if (sentTo) {
    return (
      <Page key="sent" title={t("sign_up.sent_title")} isAnswer>
        <p>{t("sign_up.sent", { email: sentTo })}</p>
        <p><Button kind="link" onClick={() => sendTo("")}>{t("sign_up.again")}</Button></p>
      </Page>
    );
  }
  return (
    <Page key="ask" title={t("sign_up.title")}>
      <Form
        draft="sign_up"
        button={t("sign_up.button")}
        submit={async ({ name = "", email = "", passw = "" }) => {
          const body = { name, email, passw, language: code };
          unwrap(await api.POST("/api/v1/public/users/sign_up", { body }));
          sendTo(email);
        }}
      >
        <TextField name="name" label={t("field.name")} autoComplete="name" autoFocus required />
        <TextField name="email" label={t("field.email")} type="email" autoComplete="username" required />
        <NewPasswordField isFirst />
      </Form>
      <p>{back}</p>
    </Page>
  );
}
