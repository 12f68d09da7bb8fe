import { useState } from "react";
import { unwrap } from "users-service-client";

import { api } from "../../shared/api.js";
import { useProof } from "../../shared/Proof.js";
import { useMe } from "../../shared/session.js";
import { Form } from "../../shared/ui/Form.js";
import { Page } from "../Page.js";
import { RecoveryCodes } from "../parts/RecoveryCodes.js";
import { navigate } from "../router.js";
import { useWords } from "../words.js";

/** Make new recovery codes in place of those that there are. */
export function RenewCodes() {
  const { t } = useWords();
  const { email } = useMe();
  const prove = useProof();
  const [codes, show] = useState<readonly string[]>([]);
  if (codes.length) return <RecoveryCodes codes={codes} email={email} kept={() => navigate("/account/security", { replace: true })} />;
  return (
    <Page title={t("codes.renew_title")} back={["/account/security", t("security.title")]} isAnswer>
      <p>{t("codes.renew_lead")}</p>
      <Form
        button={t("codes.renew")}
        submit={async () => {
          const renew = async () => unwrap(await api.POST("/api/v1/private/users/recovery_codes"));
          show((await prove(renew)).recovery_codes ?? []);
        }}
      />
    </Page>
  );
}
