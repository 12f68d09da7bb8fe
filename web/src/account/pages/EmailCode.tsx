import { useState } from "react";
import { type components, unwrap } from "users-service-client";

import { api, users } from "../../shared/api.js";
import { Button } from "../../shared/ui/Button.js";
import { TextField } from "../../shared/ui/Field.js";
import { Form } from "../../shared/ui/Form.js";
import * as carried from "../carried.js";
import { Page } from "../Page.js";
import { type Entered, useEntering, useReturning } from "../parts/entering.js";
import { SecondFactor } from "../parts/SecondFactor.js";
import { Link } from "../router.js";
import { useWords } from "../words.js";

interface Sent {
  email: string;
  challenge: components["schemas"]["Challenge"]["challenge"];
}

interface Step {
  enter(entered: Entered): Promise<void>;
}

/** Sign in by a mailed code, typed here or brought by the link of the mail. */
export function EmailCode() {
  const { challenge, enter, goOn, startAgain } = useEntering();
  const [sent, send] = useState<Sent>();
  const link = carried.given("challenge");
  if (challenge) return <SecondFactor {...{ challenge, goOn, startAgain }} />;
  if (link) return <ByLink enter={enter} link={link} />;
  return sent ? <EnterCode key={sent.challenge} enter={enter} sent={sent} again={() => send(undefined)} /> : <Ask sent={send} />;
}

function Ask({ sent }: { sent: (sent: Sent) => void }) {
  const { t } = useWords();
  const returning = useReturning();
  return (
    <Page title={t("code.title")}>
      <p>{t("code.lead")}</p>
      <Form
        draft="entry"
        button={t("code.send")}
        submit={async ({ email = "" }) => {
          const { challenge } = unwrap(await api.POST("/api/v1/public/users/login/send_code", { body: { email } }));
          sent({ email, challenge });
        }}
      >
        <TextField name="email" label={t("field.email")} type="email" autoComplete="username" autoFocus required />
      </Form>
      <p><Link to={returning("/account/sign-in")}>{t("nav.sign_in")}</Link></p>
    </Page>
  );
}

function EnterCode({ enter, sent: { email, challenge }, again }: Step & { sent: Sent; again: () => void }) {
  const { t } = useWords();
  return (
    <Page title={t("code.enter_title")}>
      <p role="status">{t("code.sent", { email })}</p>
      <Form
        button={t("code.button")}
        about={{ invalid_code: "code" }}
        submit={async ({ code = "" }) => enter(await users.logInWithCode({ challenge, code }))}
      >
        <TextField name="code" label={t("code.field")} autoComplete="one-time-code" inputMode="numeric" autoFocus required />
      </Form>
      <p><Button kind="link" onClick={again}>{t("code.again")}</Button></p>
    </Page>
  );
}

/** Opening the link changes nothing, as mail scanners open links, too: the person presses a button. */
function ByLink({ enter, link: { challenge, code } }: Step & { link: { challenge: string; code: string } }) {
  const { t } = useWords();
  return (
    <Page title={t("code.link_title")} isAnswer>
      <p>{t("code.link_lead")}</p>
      <Form
        button={t("code.button")}
        submit={async () => {
          const entered = await users.logInWithCode({ challenge, code });
          carried.drop();
          await enter(entered);
        }}
      />
      <p><Link to="/account/sign-in">{t("nav.sign_in")}</Link></p>
    </Page>
  );
}
