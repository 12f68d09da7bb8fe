import { unwrap } from "users-service-client";

import { api } from "../../shared/api.js";
import { made } from "../../shared/passkeys.js";
import { useProof } from "../../shared/Proof.js";
import { TextField } from "../../shared/ui/Field.js";
import { Form } from "../../shared/ui/Form.js";
import { useWords } from "../words.js";

interface PasskeySetupProps {
  /** Called with its name, and the recovery codes, if it is the account's first factor. */
  done(label: string, codes: readonly string[] | undefined): void | Promise<void>;
}

/** Has the device make a passkey for the account. */
export function PasskeySetup({ done }: PasskeySetupProps) {
  const { t } = useWords();
  const prove = useProof();

  async function add(label: string) {
    const body = { purpose: "enrol" } as const;
    const options = await prove(async () => unwrap(await api.POST("/api/v1/private/users/passkeys/options", { body })));
    const credential = await made(options);
    const added = unwrap(await api.POST("/api/v1/private/users/passkeys", { body: { credential, label } }));
    await done(added.label, added.recovery_codes);
  }

  return (
    <Form button={t("passkey.button")} about={{ passkey_exists: "label" }} submit={({ label = "" }) => add(label)}>
      <TextField name="label" label={t("security.label")} defaultValue={thisDevice()} maxLength={100} autoComplete="off" required />
    </Form>
  );
}

/** Return what a person would call this device. */
function thisDevice(): string {
  const system = /iPhone|iPad|Android|Windows|Mac|CrOS|Linux/.exec(navigator.userAgent)?.[0] ?? "";
  return { CrOS: "Chromebook", Mac: "Mac" }[system] ?? system;
}
