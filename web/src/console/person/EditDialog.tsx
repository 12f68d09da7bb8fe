import { useProof } from "../../shared/Proof.js";
import { TextField } from "../../shared/ui/Field.js";
import type { Typed } from "../../shared/ui/Form.js";
import { FormDialog } from "../../shared/ui/FormDialog.js";
import { useRefresh } from "../acts/useRefresh.js";
import { type Account, change, type Change } from "../data/people.js";
import { useMessages } from "../parts/Messages.js";
import { useWords } from "../words.js";

/** Changes the name and the address of an account. */
export function EditDialog({ account, close }: { account: Account; close(): void }) {
  const { t } = useWords();
  const proved = useProof();
  const { say } = useMessages();
  const refresh = useRefresh();

  async function send({ name = account.name, email = account.email }: Typed) {
    const body: Change = changed(account, { name, email });
    if (Object.keys(body).length > 0) {
      await proved(() => change(account.id, body));
      say(t("person.saved", { name }));
    }
    close();
    await refresh();
  }

  return (
    <FormDialog
      title={t("person.editTitle", { name: account.name })}
      submit={send}
      about={{ user_exists: "email" }}
      button={t("person.save", { name: account.name })}
      close={close}
    >
      <TextField name="name" label={t("people.name")} defaultValue={account.name} autoComplete="off" maxLength={100} required autoFocus />
      {account.kind === "person" && (
        <TextField
          name="email"
          type="email"
          label={t("people.email")}
          hint={t("person.emailHint")}
          defaultValue={account.email}
          autoComplete="off"
          maxLength={254}
          required
        />
      )}
    </FormDialog>
  );
}

function changed(account: Account, { name, email }: Pick<Account, "name" | "email">): Change {
  return { ...(name !== account.name && { name }), ...(email !== account.email && { email }) };
}
