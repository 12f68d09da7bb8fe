import { useState } from "react";
import { unwrap } from "users-service-client";

import { api, queries } from "../../shared/api.js";
import { useMe } from "../../shared/session.js";
import { PasswordField } from "../../shared/ui/Field.js";
import { Form } from "../../shared/ui/Form.js";
import { Page } from "../Page.js";
import { Done } from "../parts/Done.js";
import { NewPasswordField } from "../parts/NewPasswordField.js";
import { useWords } from "../words.js";

/** Change one's password, which signs all other devices out. */
export function Password() {
  const { t } = useWords();
  const { email } = useMe();
  const [isDone, finish] = useState(false);
  const back = ["/account/security", t("security.title")] as const;

  if (isDone) return <Done title={t("password.done_title")} back={back}>{t("password.done")}</Done>;
  return (
    <Page title={t("password.title")} back={back}>
      <p>{t("password.lead")}</p>
      <Form
        button={t("password.button")}
        submit={async ({ current_passw = "", passw = "" }) => {
          unwrap(await api.PUT("/api/v1/private/users/passw/change_passw", { body: { current_passw, passw } }));
          await queries.invalidateQueries();
          finish(true);
        }}
      >
        <input type="text" hidden readOnly autoComplete="username" value={email} />
        <PasswordField name="current_passw" label={t("password.current")} autoComplete="current-password" autoFocus required />
        <NewPasswordField />
      </Form>
    </Page>
  );
}
