import { useState } from "react";
import { unwrap } from "users-service-client";

import { Form } from "./Form.js";
import { users } from "./users.js";

const EMAIL = { name: "email", label: "E-mail", type: "email", autoComplete: "username" };
const PASSWORD = { name: "passw", label: "Password", type: "password", autoComplete: "current-password" };
const NEW_PASSWORD = { ...PASSWORD, autoComplete: "new-password", minLength: 8 };

/** Log in or sign up. */
export function Entry({ confirmed }: { confirmed: boolean }) {
  const [signsUp, setSignsUp] = useState(false);
  return (
    <>
      {signsUp ? <SignUp /> : <LogIn text={confirmed ? "Your address is confirmed. Log in." : undefined} />}
      <button className="link" onClick={() => setSignsUp(!signsUp)}>
        {signsUp ? "I have an account" : "I am new here"}
      </button>
    </>
  );
}

function LogIn({ text }: { text: string | undefined }) {
  const [challenge, setChallenge] = useState("");
  if (challenge) {
    return (
      <Form
        key="code"
        title="Second factor"
        text="Enter the six digits that your authenticator app shows, or a recovery code."
        fields={[{ name: "code", label: "Code", autoComplete: "one-time-code" }]}
        button="Go on"
        submit={({ code = "" }) => users.proveSecondFactor({ challenge, code })}
      />
    );
  }
  return (
    <Form
      title="Log in"
      {...(text && { text })}
      fields={[EMAIL, PASSWORD]}
      button="Log in"
      submit={async ({ email = "", passw = "" }) => {
        const entered = await users.logIn({ email, passw });
        if ("challenge" in entered) setChallenge(entered.challenge);
      }}
    />
  );
}

function SignUp() {
  const [sentTo, setSentTo] = useState("");
  if (sentTo) {
    return (
      <>
        <h1>Look into your mailbox</h1>
        <p>A mail to {sentTo} has a link that leads back here.</p>
      </>
    );
  }
  return (
    <Form
      title="Sign up"
      fields={[{ name: "name", label: "Name", autoComplete: "name" }, EMAIL, NEW_PASSWORD]}
      button="Sign up"
      submit={async ({ name = "", email = "", passw = "" }) => {
        unwrap(await users.api.POST("/api/v1/public/users/sign_up", { body: { name, email, passw } }));
        setSentTo(email);
      }}
    />
  );
}

/** Where the link in the mail leads: only who has the mail and the password has the account. */
export function Confirm({ token, done }: { token: string; done: () => void }) {
  return (
    <Form
      title="Confirm your address"
      text="Enter the password that you chose."
      fields={[PASSWORD]}
      button="Confirm"
      submit={async ({ passw = "" }) => {
        unwrap(await users.api.PUT("/api/v1/public/users/email", { body: { email_token: token, passw } }));
        done();
      }}
    />
  );
}
