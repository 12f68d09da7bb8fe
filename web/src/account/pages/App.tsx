import { useCallback, useState } from "react";

import { queries } from "../../shared/api.js";
import { useMe } from "../../shared/session.js";
import { Page } from "../Page.js";
import { AppSetup } from "../parts/AppSetup.js";
import { Done } from "../parts/Done.js";
import { RecoveryCodes } from "../parts/RecoveryCodes.js";
import { navigate } from "../router.js";
import { useWords } from "../words.js";

/** Set up an authenticator app as a second factor. */
export function App() {
  const { t } = useWords();
  const { email } = useMe();
  const [codes, keep] = useState<readonly string[]>([]);
  const [isDone, finish] = useState(false);
  const giveUp = useCallback(() => navigate("/account/security", { replace: true }), []);
  const back = ["/account/security", t("security.title")] as const;

  if (codes.length) return <RecoveryCodes codes={codes} email={email} kept={() => keep([])} />;
  if (isDone) return <Done title={t("app.done_title")} back={back}>{t("app.done")}</Done>;
  return (
    <Page title={t("app.title")} back={back} isAnswer>
      <AppSetup
        giveUp={giveUp}
        done={(codes = []) => {
          void queries.invalidateQueries();
          keep(codes);
          finish(true);
        }}
      />
    </Page>
  );
}
