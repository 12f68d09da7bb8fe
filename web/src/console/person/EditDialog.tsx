import { useProof } from "../../shared/Proof.js";
import { Button } from "../../shared/ui/Button.js";
import { Dialog } from "../../shared/ui/Dialog.js";
import { TextField } from "../../shared/ui/Field.js";
import { Form, type Typed } from "../../shared/ui/Form.js";
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
    <Dialog title={t("person.editTitle", { name: account.name })} close={close}>
      <Form
        submit={send}
        about={{ user_exists: "email" }}
        button={t("person.save", { name: account.name })}
        beside={<Button onClick={close}>{t("ui.cancel")}</Button>}
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
      </Form>
    </Dialog>
  );
}

function changed(account: Account, { name, email }: Pick<Account, "name" | "email">): Change {
  return { ...(name !== account.name && { name }), ...(email !== account.email && { email }) };
}
