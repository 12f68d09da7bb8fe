import { useEffect, useState } from "react";

import { queries, users } from "../../shared/api.js";
import { canUsePasskeys, logInOptions, used } from "../../shared/passkeys.js";
import { me } from "../../shared/session.js";
import { settings } from "../../shared/settings.js";
import { Button } from "../../shared/ui/Button.js";
import { PasswordField, TextField } from "../../shared/ui/Field.js";
import { Form } from "../../shared/ui/Form.js";
import { Refusal } from "../../shared/Refused.js";
import { Page } from "../Page.js";
import { useActing } from "../parts/acting.js";
import { type Entered, useEntering, useReturning } from "../parts/entering.js";
import { useOfferedPasskey } from "../parts/offeredPasskey.js";
import { SecondFactor } from "../parts/SecondFactor.js";
import { Link, useAddress } from "../router.js";
import { useWords } from "../words.js";

/** Sign in: by e-mail and password, by a passkey, or by way of a mailed code. */
export function SignIn() {
  const { challenge, enter, goOn, startAgain } = useEntering();
  useSignedInAlready(goOn);
  if (challenge) return <SecondFactor {...{ challenge, goOn, startAgain }} />;
  return <FirstFactor enter={enter} />;
}

/** Lead on who is signed in already; what was opened from a bookmark need not be filled in. */
function useSignedInAlready(goOn: () => Promise<void>) {
  const { notice } = useAddress();
  useEffect(() => {
    // who comes from the link of a mail is to sign in to what it was for, whoever was here before
    if (notice || users.state !== "unknown") return;
    queries.fetchQuery({ ...me, retry: false }).then(goOn, () => {
      // nobody is, or nobody knows: the form is there
    });
    // once, as the page is opened
  }, []);
}

function FirstFactor({ enter }: { enter: (entered: Entered) => Promise<void> }) {
  const { t } = useWords();
  const returning = useReturning();
  const [refusal, refuse] = useState<unknown>();
  const endOffer = useOfferedPasskey(enter, refuse);

  return (
    <Page title={t("sign_in.title", { name: settings.name })}>
      <Refusal error={refusal} />
      <Form
        draft="entry"
        button={t("sign_in.button")}
        submit={async ({ email = "", passw = "" }) => enter(await users.logIn({ email, passw }))}
      >
        <TextField name="email" label={t("field.email")} type="email" autoComplete="username webauthn" autoFocus required />
        <PasswordField name="passw" label={t("field.password")} autoComplete="current-password" required />
      </Form>
      <p>{t("sign_in.forgot_lead")} <Link to={returning("/account/forgot")}>{t("sign_in.forgot")}</Link></p>
      {(settings.passkeys || settings.email_codes) && (
        <div className="others ruled">
          {settings.passkeys && canUsePasskeys() && <ByPasskey enter={enter} begin={endOffer} />}
          {settings.email_codes && <Link className="button plain" to={returning("/account/code")}>{t("sign_in.code")}</Link>}
        </div>
      )}
      {settings.sign_up && (
        <p>{t("sign_in.sign_up_lead")} <Link to={returning("/account/sign-up")}>{t("sign_in.sign_up")}</Link></p>
      )}
    </Page>
  );
}

function ByPasskey({ enter, begin }: { enter: (entered: Entered) => Promise<void>; begin: () => void }) {
  const { t } = useWords();
  const { act, isBusy, refusal } = useActing();

  async function use() {
    begin();
    await enter(await users.logInWithPasskey({ credential: await used(await logInOptions()) }));
  }

  return (
    <>
      <Button isBusy={isBusy} onClick={() => void act(use)}>{t("sign_in.passkey")}</Button>
      <Refusal error={refusal} />
    </>
  );
}
