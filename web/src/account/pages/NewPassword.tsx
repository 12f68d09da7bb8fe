import { unwrap } from "users-service-client";

import { api } from "../../shared/api.js";
import { Form } from "../../shared/ui/Form.js";
import { NewPasswordField } from "../parts/NewPasswordField.js";
import * as carried from "../carried.js";
import { Page } from "../Page.js";
import { LinkGone } from "../parts/LinkGone.js";
import { signedOutNow } from "../parts/leaving.js";
import { Link, navigate } from "../router.js";
import { useWords } from "../words.js";

/** Choose a password, by the link of a mail: of an invitation, or because it was forgotten. */
export function NewPassword() {
  const { t } = useWords();
  const link = carried.given("reset_token");
  if (!link) return <LinkGone to="/account/forgot" />;
  return (
    <Page title={t("new_password.title")}>
      <p>{t("new_password.lead")}</p>
      <Form
        button={t("new_password.button")}
        submit={async ({ passw = "" }) => {
          const body = { passw, reset_token: link.token };
          unwrap(await api.PUT("/api/v1/public/users/passw/set_new_passw", { body }));
          carried.drop();
          await signedOutNow();
          navigate("/account/sign-in", { replace: true, notice: "password_set" });
        }}
      >
        <NewPasswordField autoFocus />
      </Form>
      <p><Link to="/account/forgot">{t("new_password.ask_again")}</Link></p>
    </Page>
  );
}
