import { useState } from "react";

import { useMe } from "../../shared/session.js";
import { Button } from "../../shared/ui/Button.js";
import { type Act, actsFor } from "../acts/acts.js";
import { ManyDialog } from "../acts/ManyDialog.js";
import { useWords } from "../words.js";
import type { PickedAccounts } from "./PeopleTable.js";

interface PickedProps {
  picked: PickedAccounts;
  pick(picked: PickedAccounts): void;
}

/** What can be done to those who are picked. */
export function Picked({ picked, pick }: PickedProps) {
  const { t } = useWords();
  const { permissions } = useMe();
  const [act, ask] = useState<Act>();
  const accounts = [...picked.values()];
  // the report of what was done stays, although nobody is picked any more
  if (picked.size === 0 && !act) return null;
  const fitting = actsFor(permissions).filter(({ fits }) => accounts.some(fits));
  return (
    <div className="picked no-print" role="group" aria-label={t("table.picked", { count: picked.size })}>
      <strong role="status">{t("table.picked", { count: picked.size })}</strong>
      <div className="actions">
        {fitting.map((one) => <Button key={one.name} onClick={() => ask(one)}>{t(`act.${one.name}`)}</Button>)}
        <Button kind="link" onClick={() => pick(new Map())}>{t("table.unpick")}</Button>
      </div>
      {act && (
        <ManyDialog
          act={act}
          accounts={accounts}
          close={() => ask(undefined)}
          done={(left) => pick(new Map(left.map((account) => [account.id, account])))}
        />
      )}
    </div>
  );
}
