import { unwrap } from "users-service-client";

import { api } from "../../shared/api.js";
import { Form } from "../../shared/ui/Form.js";
import * as carried from "../carried.js";
import { Page } from "../Page.js";
import { LinkGone } from "../parts/LinkGone.js";
import { signedOutNow } from "../parts/leaving.js";
import { navigate } from "../router.js";
import { useWords } from "../words.js";

/** Take a change of address back, by the link of the mail that told of it. */
export function Undo() {
  const { t } = useWords();
  const link = carried.given("undo_token");
  if (!link) return <LinkGone />;
  return (
    <Page title={t("undo.title")} isAnswer>
      <p>{t("undo.lead")}</p>
      <Form
        button={t("undo.button")}
        submit={async () => {
          const body = { undo_token: link.token };
          const { reset_token } = unwrap(await api.PUT("/api/v1/public/users/email/undo", { body }));
          await signedOutNow();
          navigate(carried.hand({ kind: "reset_token", token: reset_token }), { replace: true, notice: "email_restored" });
        }}
      />
    </Page>
  );
}
