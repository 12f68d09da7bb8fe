import { useState } from "react";

import { EVERYTHING } from "../../shared/permissions.js";
import { useProof } from "../../shared/Proof.js";
import { may, useMe } from "../../shared/session.js";
import { AreaField, TextField } from "../../shared/ui/Field.js";
import type { Typed } from "../../shared/ui/Form.js";
import { FormDialog } from "../../shared/ui/FormDialog.js";
import { useRefresh } from "../acts/useRefresh.js";
import { type Role, saveRole } from "../data/roles.js";
import { Check } from "../parts/Check.js";
import { useMessages } from "../parts/Messages.js";
import { PERMISSIONS } from "../permissions.js";
import { useWords } from "../words.js";
import { bodyOf, draftOf, NEW } from "./draft.js";

const NAME = "[a-z][a-z0-9_]{0,63}";

/** Makes a role, or changes one. Only what the caller may do themselves can be given. */
export function RoleDialog({ role, close }: { role?: Role; close(): void }) {
  const { t } = useWords();
  const me = useMe();
  const proved = useProof();
  const { say } = useMessages();
  const refresh = useRefresh();
  const [draft, put] = useState(role ? draftOf(role) : NEW);
  const hasAll = draft.ours.has(EVERYTHING);

  async function send(typed: Typed) {
    const name = role?.name ?? typed.name ?? "";
    const { en = "", ru = "", permissions: others = "" } = typed;
    await proved(() => saveRole(name, bodyOf({ ...draft, en, ru, others })));
    say(`${t("roles.saved", { name })}. ${t("roles.savedHint")}`);
    close();
    await refresh();
  }

  function give(permission: string, isGiven: boolean) {
    const ours = new Set(draft.ours);
    if (isGiven) ours.add(permission);
    else ours.delete(permission);
    put({ ...draft, ours });
  }

  return (
    <FormDialog
      title={role ? t("roles.editTitle", { name: role.name }) : t("roles.addTitle")}
      submit={send}
      button={role ? t("roles.save", { name: role.name }) : t("roles.make")}
      close={close}
    >
      {!role && <TextField name="name" label={t("roles.name")} hint={t("roles.nameHint")} pattern={NAME} autoComplete="off" spellCheck={false} required autoFocus />}
      <TextField name="en" label={t("roles.inEnglish")} defaultValue={draft.en} autoComplete="off" maxLength={100} required />
      <TextField name="ru" label={t("roles.inRussian")} defaultValue={draft.ru} autoComplete="off" maxLength={100} required />
      <fieldset>
        <legend>{t("roles.permissions")}</legend>
        {(may(me, EVERYTHING) || hasAll) && (
          <Check label={<><code>*</code> {t("roles.everything")}</>} isChecked={hasAll} change={(isGiven) => give(EVERYTHING, isGiven)} />
        )}
        {PERMISSIONS.filter((permission) => may(me, permission)).map((permission) => (
          <Check
            key={permission}
            label={<>{t(`permission.${permission}`)} <code className="quiet">{permission}</code></>}
            isChecked={hasAll || draft.ours.has(permission)}
            isOff={hasAll}
            change={(isGiven) => give(permission, isGiven)}
          />
        ))}
      </fieldset>
      <AreaField name="permissions" label={t("roles.permissionsOther")} hint={t("roles.permissionsOtherHint")} defaultValue={draft.others} rows={3} spellCheck={false} />
      <Check
        label={t("roles.secondFactor")}
        hint={t("roles.secondFactorHint")}
        isChecked={draft.demandsFactor}
        isOff={draft.isOfBackEnds}
        change={(demandsFactor) => put({ ...draft, demandsFactor })}
      />
      {!role?.builtin && (
        <Check
          label={t("roles.backEnd")}
          isChecked={draft.isOfBackEnds}
          change={(isOfBackEnds) => put({ ...draft, isOfBackEnds, demandsFactor: draft.demandsFactor && !isOfBackEnds })}
        />
      )}
    </FormDialog>
  );
}
