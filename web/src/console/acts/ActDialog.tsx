import { useState } from "react";

import { useProof } from "../../shared/Proof.js";
import { useMe } from "../../shared/session.js";
import { Banner } from "../../shared/ui/Banner.js";
import { FormDialog } from "../../shared/ui/FormDialog.js";
import type { Account } from "../data/people.js";
import { useMessages } from "../parts/Messages.js";
import { useRoleTitle } from "../parts/roles.js";
import { useWords } from "../words.js";
import type { Act } from "./acts.js";
import { RoleField } from "./RoleField.js";
import { useRefresh } from "./useRefresh.js";

interface ActDialogProps {
  act: Act;
  account: Account;
  close(): void;
  /** Called once it is done, before anything is read anew. */
  done?(): void;
}

/** Asks before something is done to an account: says whom it meets and what happens. */
export function ActDialog({ act, account, close, done }: ActDialogProps) {
  const { t } = useWords();
  const me = useMe();
  const proved = useProof();
  const { say } = useMessages();
  const refresh = useRefresh();
  const titleOf = useRoleTitle();
  const [role, choose] = useState(account.role);
  const who = { name: account.name, email: account.email, role: titleOf(role) };

  async function perform() {
    await proved(() => act.perform(account, role));
    const { undo } = act;
    const takeBack = async () => {
      await proved(() => undo!(account));
      await refresh();
    };
    say(t(`act.${act.name}.done`, who), undo && takeBack);
    close();
    done?.();
    await refresh();
  }

  return (
    <FormDialog
      title={t(`act.${act.name}.title`, who)}
      above={
        <>
          <p>{t(`act.${act.name}.will`, who)}</p>
          {account.id === me.user_id && <Banner kind="notice">{t("act.self")}</Banner>}
        </>
      }
      submit={perform}
      button={t(`act.${act.name}.button`, who)}
      kind={act.isDangerous ? "danger" : "primary"}
      close={close}
    >
      {act.name === "role" && <RoleField value={role} change={choose} />}
    </FormDialog>
  );
}
