import { useNavigate } from "@tanstack/react-router";
import { useState } from "react";

import { type Code, LANGUAGES } from "../../shared/i18n.js";
import { useProof } from "../../shared/Proof.js";
import { may, useMe } from "../../shared/session.js";
import { SelectField, TextField } from "../../shared/ui/Field.js";
import type { Typed } from "../../shared/ui/Form.js";
import { FormDialog } from "../../shared/ui/FormDialog.js";
import { RoleField } from "../acts/RoleField.js";
import { useRefresh } from "../acts/useRefresh.js";
import { invite } from "../data/people.js";
import { DEFAULT_ROLE } from "../data/roles.js";
import { useMessages } from "../parts/Messages.js";
import { useKey } from "../parts/useKey.js";
import { useWords } from "../words.js";

/** Invites somebody by mail. */
export function InviteDialog({ close }: { close(): void }) {
  const { t, code } = useWords();
  const me = useMe();
  const proved = useProof();
  const { say } = useMessages();
  const navigate = useNavigate();
  const refresh = useRefresh();
  const keyOf = useKey();
  const [role, choose] = useState(DEFAULT_ROLE);

  async function send({ email = "", name = "", language }: Typed) {
    const person = { email, name, language: language as Code, ...(role !== DEFAULT_ROLE && { role }) };
    const { id } = await proved(() => invite(person, keyOf(person)));
    say(t("invite.done", { name }));
    close();
    if (may(me, "users:read")) await navigate({ to: "/console/people/$id", params: { id: String(id) } });
    await refresh();
  }

  return (
    <FormDialog
      title={t("invite.title")}
      above={<p className="quiet">{t("invite.explain")}</p>}
      submit={send}
      draft="invite"
      about={{ user_exists: "email" }}
      button={t("invite.button")}
      close={close}
    >
      <TextField name="email" label={t("invite.email")} type="email" maxLength={254} required autoFocus />
      <TextField name="name" label={t("invite.name")} maxLength={100} required />
      <RoleField value={role} change={choose} />
      <SelectField name="language" label={t("invite.language")} defaultValue={code}>
        {Object.entries(LANGUAGES).map(([value, label]) => <option key={value} value={value}>{label}</option>)}
      </SelectField>
    </FormDialog>
  );
}
