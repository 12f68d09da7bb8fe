import { useState } from "react";

import { inWords } from "../../shared/errors.js";
import { useProof } from "../../shared/Proof.js";
import { Button } from "../../shared/ui/Button.js";
import { Dialog } from "../../shared/ui/Dialog.js";
import { Form } from "../../shared/ui/Form.js";
import type { Account } from "../data/people.js";
import { DEFAULT_ROLE } from "../data/roles.js";
import { useWords } from "../words.js";
import type { Act } from "./acts.js";
import { Outcome } from "./Outcome.js";
import { RoleField } from "./RoleField.js";
import { useMany } from "./useMany.js";
import { useRefresh } from "./useRefresh.js";

interface ManyDialogProps {
  act: Act;
  accounts: readonly Account[];
  close(): void;
  /** Called with those whom it was not done to. */
  done(left: readonly Account[]): void;
}

const NAMES_SHOWN = 8;

/** Asks, then does the same to many, showing how far it is and each refusal. */
export function ManyDialog({ act, accounts, close, done }: ManyDialogProps) {
  const words = useWords();
  const { t } = words;
  const proved = useProof();
  const refresh = useRefresh();
  const many = useMany<Account>();
  const [fitting] = useState(() => accounts.filter((account) => act.fits(account)));
  const [role, choose] = useState(DEFAULT_ROLE);

  async function perform() {
    const { done: count, refused } = await many.run(fitting, (account) => proved(() => act.perform(account, role)));
    done([...refused.map(({ item }) => item), ...fitting.slice(count + refused.length)]);
    await refresh();
  }

  const title = t(`act.${act.name}.many`, { count: fitting.length });
  if (many.state === "asking") {
    return (
      <Dialog title={`${title}?`} close={close}>
        <p>{t(`act.${act.name}.manyWill`)}</p>
        <p className="quiet">{named(fitting)}</p>
        {fitting.length < accounts.length && <p className="quiet">{t("many.leftOut", { count: accounts.length - fitting.length })}</p>}
        <Form
          submit={perform}
          button={title}
          kind={act.isDangerous ? "danger" : "primary"}
          beside={<Button onClick={close}>{t("ui.cancel")}</Button>}
        >
          {act.name === "role" && <RoleField value={role} change={choose} />}
        </Form>
      </Dialog>
    );
  }
  return (
    <Dialog title={title} close={() => many.state === "over" && close()}>
      <Outcome
        count={fitting.length}
        many={many}
        nameOf={({ name, email }) => [name, email]}
        reasonOf={(error) => inWords(error, words)}
        close={close}
      />
    </Dialog>
  );
}

function named(accounts: readonly Account[]): string {
  const names = accounts.slice(0, NAMES_SHOWN).map(({ name }) => name);
  return names.join(", ") + (accounts.length > NAMES_SHOWN ? ", …" : "");
}
