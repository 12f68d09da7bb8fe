import { useState } from "react";

import { queries } from "../../shared/api.js";
import { canUsePasskeys } from "../../shared/passkeys.js";
import { useMe } from "../../shared/session.js";
import { Page } from "../Page.js";
import { Done } from "../parts/Done.js";
import { PasskeySetup } from "../parts/PasskeySetup.js";
import { RecoveryCodes } from "../parts/RecoveryCodes.js";
import { useWords } from "../words.js";

/** Add a passkey to the account. */
export function NewPasskey() {
  const { t } = useWords();
  const { email } = useMe();
  const [codes, keep] = useState<readonly string[]>([]);
  const [added, add] = useState("");
  const back = ["/account/security", t("security.title")] as const;

  if (codes.length) return <RecoveryCodes codes={codes} email={email} kept={() => keep([])} />;
  if (added) return <Done title={t("passkey.done_title")} back={back}>{t("passkey.done", { label: added })}</Done>;
  return (
    <Page title={t("passkey.title")} back={back} isAnswer>
      <p>{t(canUsePasskeys() ? "passkey.lead" : "security.passkeys_unable")}</p>
      {canUsePasskeys() && (
        <PasskeySetup
          done={(label, codes = []) => {
            void queries.invalidateQueries();
            keep(codes);
            add(label);
          }}
        />
      )}
    </Page>
  );
}
