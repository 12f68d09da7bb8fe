import { useCallback, useState } from "react";
import { unwrap } from "users-service-client";

import { api } from "../../shared/api.js";
import { canUsePasskeys } from "../../shared/passkeys.js";
import { settings } from "../../shared/settings.js";
import { Button } from "../../shared/ui/Button.js";
import { Page } from "../Page.js";
import { AppSetup } from "../parts/AppSetup.js";
import { useGoingOn } from "../parts/entering.js";
import { PasskeySetup } from "../parts/PasskeySetup.js";
import { RecoveryCodes } from "../parts/RecoveryCodes.js";
import { SignOut } from "../parts/SignOut.js";
import { useWords } from "../words.js";

type Way = "app" | "passkey";

/** Get the second factor that one's role demands: until then the session is good for nothing else. */
export function Enrol() {
  const { t } = useWords();
  const goOn = useGoingOn();
  const [way, choose] = useState<Way>();
  const [codes, keep] = useState<readonly string[]>();
  const giveUp = useCallback(() => choose(undefined), []);

  async function leave() {
    // the tokens that there are permit nothing yet
    unwrap(await api.POST("/api/v1/public/users/refresh"));
    await goOn();
  }

  const keepOrLeave = (codes: readonly string[] | undefined) => (codes ? keep(codes) : leave());

  if (codes) return <RecoveryCodes codes={codes} kept={leave} />;
  return (
    <Page key={way} title={t(way ? `enrol.${way}` : "enrol.title")} isAnswer>
      {way === undefined && (
        <>
          <p>{t("enrol.lead")}</p>
          <Button kind="primary" onClick={() => choose("app")}>{t("enrol.app")}</Button>
          {settings.passkeys && canUsePasskeys() && <Button onClick={() => choose("passkey")}>{t("enrol.passkey")}</Button>}
          <SignOut />
        </>
      )}
      {way === "app" && <AppSetup done={keepOrLeave} giveUp={giveUp} />}
      {way === "passkey" && <PasskeySetup done={(_, codes) => keepOrLeave(codes)} />}
    </Page>
  );
}
