import { useState } from "react";
import type { Challenge } from "users-service-client";

import { users } from "../../shared/api.js";
import { canUsePasskeys, logInOptions, used } from "../../shared/passkeys.js";
import { Button } from "../../shared/ui/Button.js";
import { TextField } from "../../shared/ui/Field.js";
import { Form } from "../../shared/ui/Form.js";
import { Page } from "../Page.js";
import { useWords } from "../words.js";

const WAYS = ["passkey", "totp", "recovery"] as const;
type Way = (typeof WAYS)[number];

interface SecondFactorProps {
  challenge: Challenge;
  goOn(): Promise<void>;
  startAgain(): void;
}

/** The second step of a sign-in, by whichever factor the person has at hand. */
export function SecondFactor({ challenge: { challenge, factors }, goOn, startAgain }: SecondFactorProps) {
  const { t } = useWords();
  const has: Record<Way, boolean> = {
    passkey: factors.includes("passkey") && canUsePasskeys(),
    totp: factors.includes("totp"),
    recovery: factors.includes("recovery_code"),
  };
  const ways = WAYS.filter((way) => has[way]);
  const [way, choose] = useState<Way>(has.totp ? "totp" : (ways[0] ?? "recovery"));

  async function prove(code: string) {
    if (way === "passkey") {
      await users.proveSecondFactor({ challenge, passkey: await used(await logInOptions(challenge)) });
    } else {
      await users.proveSecondFactor({ challenge, code });
    }
    await goOn();
  }

  return (
    <Page key={way} title={t("second.title")} isAnswer={way === "passkey"}>
      <p>{t(`second.lead_${way}`)}</p>
      <Form
        button={t(way === "passkey" ? "second.use_passkey" : "second.button")}
        about={{ invalid_code: "code" }}
        submit={({ code = "" }) => prove(code)}
      >
        {way === "totp" && (
          <TextField name="code" label={t("second.field_totp")} autoComplete="one-time-code" inputMode="numeric" autoFocus required />
        )}
        {way === "recovery" && (
          <TextField name="code" label={t("second.field_recovery")} autoComplete="off" autoCapitalize="characters" spellCheck={false} autoFocus required />
        )}
      </Form>
      <nav className="others">
        {ways.filter((other) => other !== way).map((other) => (
          <Button key={other} kind="link" onClick={() => choose(other)}>{t(`second.use_${other}`)}</Button>
        ))}
        <Button kind="link" onClick={startAgain}>{t("nav.sign_in")}</Button>
      </nav>
    </Page>
  );
}
