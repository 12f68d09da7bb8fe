import { useState } from "react";
import { unwrap } from "users-service-client";

import { api, queries } from "../../shared/api.js";
import { useProof } from "../../shared/Proof.js";
import { useMe } from "../../shared/session.js";
import { TextField } from "../../shared/ui/Field.js";
import { Form } from "../../shared/ui/Form.js";
import { Page } from "../Page.js";
import { Done } from "../parts/Done.js";
import { ownData } from "../parts/ownData.js";
import { useWords } from "../words.js";

/** Ask for another address, which counts once it is confirmed. */
export function Email() {
  const { t } = useWords();
  const { email: present } = useMe();
  const prove = useProof();
  const [sentTo, sendTo] = useState("");
  const back = ["/account/profile", t("profile.title")] as const;

  if (sentTo) return <Done title={t("email.sent_title")} back={back}>{t("email.sent", { email: sentTo, present })}</Done>;
  return (
    <Page title={t("email.title")} back={back}>
      <p>{t("email.present", { email: present })}</p>
      <Form
        draft="email"
        button={t("email.button")}
        submit={async ({ email = "" }) => {
          await prove(async () => unwrap(await api.POST("/api/v1/private/users/email", { body: { email } })));
          await queries.invalidateQueries({ queryKey: ownData.queryKey });
          sendTo(email);
        }}
      >
        <TextField name="email" label={t("email.field")} type="email" autoComplete="email" autoFocus required />
      </Form>
    </Page>
  );
}
