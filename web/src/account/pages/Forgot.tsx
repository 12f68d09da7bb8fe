import { useState } from "react";
import { unwrap } from "users-service-client";

import { api } from "../../shared/api.js";
import { Button } from "../../shared/ui/Button.js";
import { TextField } from "../../shared/ui/Field.js";
import { Form } from "../../shared/ui/Form.js";
import { Page } from "../Page.js";
import { useReturning } from "../parts/entering.js";
import { Link } from "../router.js";
import { useWords } from "../words.js";

/** Ask for a mail with a link that sets a new password. */
export function Forgot() {
  const { t } = useWords();
  const returning = useReturning();
  const [email, sendTo] = useState("");
  const back = <Link to={returning("/account/sign-in")}>{t("nav.sign_in")}</Link>;

  if (email) {
    return (
      <Page key="sent" title={t("forgot.sent_title")} isAnswer>
        <p>{t("forgot.sent", { email })}</p>
        <div className="others">
          {back}
          <Button kind="link" onClick={() => sendTo("")}>{t("forgot.again")}</Button>
        </div>
      </Page>
    );
  }
  return (
    <Page key="ask" title={t("forgot.title")}>
      <p>{t("forgot.lead")}</p>
      <Form
        draft="entry"
        button={t("forgot.button")}
        submit={async ({ email = "" }) => {
          unwrap(await api.POST("/api/v1/public/users/passw/forget_passw", { body: { email } }));
          sendTo(email);
        }}
      >
        <TextField name="email" label={t("field.email")} type="email" autoComplete="username" autoFocus required />
      </Form>
      <p>{back}</p>
    </Page>
  );
}
