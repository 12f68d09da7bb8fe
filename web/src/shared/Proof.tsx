import { useQuery } from "@tanstack/react-query";
import { createContext, type ReactNode, useCallback, useContext, useState } from "react";
import { UsersError, unwrap } from "users-service-client";

import { api, queries } from "./api.js";
import { GivenUpError } from "./errors.js";
import { type Assertion, canUsePasskeys, used } from "./passkeys.js";
import { me } from "./session.js";
import { settings } from "./settings.js";
import { Button } from "./ui/Button.js";
import { Dialog } from "./ui/Dialog.js";
import { PasswordField, TextField } from "./ui/Field.js";
import { Form, type Typed } from "./ui/Form.js";
import { useShared } from "./words.js";

/** Does what may take a recent proof: asks for one where the service wants it, and does it again. */
export type Prove = <Result>(act: () => Promise<Result>) => Promise<Result>;

interface Question {
  proved(): void;
  giveUp(): void;
}

const Context = createContext<Prove | undefined>(undefined);

const isWanted = (error: unknown) => error instanceof UsersError && error.code === "reauthentication_required";

/** Asks, for everything inside, who is there. */
export function Proving({ children }: { children: ReactNode }) {
  const [question, ask] = useState<Question>();
  const prove = useCallback<Prove>(async (act) => {
    try {
      return await act();
    } catch (error) {
      if (!isWanted(error)) throw error;
    }
    await new Promise<void>((proved, fail) => {
      ask({ proved, giveUp: () => fail(new GivenUpError()) });
    }).finally(() => ask(undefined));
    return act();
  }, []);
  return (
    <Context value={prove}>
      {children}
      {question && <Proof {...question} />}
    </Context>
  );
}

/** Return what does an act that may take a recent proof. It throws `GivenUpError` if none is given. */
export function useProof(): Prove {
  const prove = useContext(Context);
  if (!prove) throw new Error("There is nobody to ask outside of <Proving>");
  return prove;
}

async function confirm(body: { passw: string } | { code: string } | { passkey: Assertion }): Promise<void> {
  unwrap(await api.POST("/api/v1/private/users/confirm", { body }));
}

async function confirmByPasskey(): Promise<void> {
  const body = { purpose: "confirm" } as const;
  await confirm({ passkey: await used(unwrap(await api.POST("/api/v1/private/users/passkeys/options", { body }))) });
}

/** The passkeys of whoever is signed in. */
export const passkeysQuery = {
  queryKey: ["passkeys"],
  queryFn: async () => unwrap(await api.GET("/api/v1/private/users/passkeys")).passkeys,
};

function Proof({ proved, giveUp }: Question) {
  const { t } = useShared();
  const person = queries.getQueryData(me.queryKey);
  const [takesFactor, takeFactor] = useState(person?.amr?.includes("mfa") ?? false);
  const { data: passkeys } = useQuery({ ...passkeysQuery, enabled: person !== undefined && settings.passkeys && canUsePasskeys() });

  async function byTyped({ passw = "", code = "" }: Typed) {
    try {
      await confirm(takesFactor ? { code } : { passw });
    } catch (error) {
      // there is a second factor: a password alone is not enough
      if (error instanceof UsersError && error.code === "second_factor_required") return takeFactor(true);
      throw error;
    }
    proved();
  }

  return (
    <Dialog title={t("proof.title")} close={giveUp}>
      <p>{t("proof.why")}</p>
      {passkeys?.length ? <ByPasskey proved={proved} /> : null}
      <Form
        key={String(takesFactor)}
        submit={byTyped}
        button={t("proof.confirm")}
        beside={<Button onClick={giveUp}>{t("ui.cancel")}</Button>}
      >
        <input type="text" hidden readOnly autoComplete="username" value={person?.email ?? ""} />
        {takesFactor ? (
          <TextField name="code" label={t("proof.code")} autoComplete="one-time-code" autoCapitalize="characters" autoFocus required />
        ) : (
          <PasswordField name="passw" label={t("proof.password")} autoComplete="current-password" autoFocus required />
        )}
      </Form>
    </Dialog>
  );
}

function ByPasskey({ proved }: Pick<Question, "proved">) {
  const { t } = useShared();
  return (
    <Form
      button={t("proof.passkey")}
      submit={async () => {
        await confirmByPasskey();
        proved();
      }}
    />
  );
}
