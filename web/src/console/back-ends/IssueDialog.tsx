import { useState } from "react";

import { useProof } from "../../shared/Proof.js";
import { TextField } from "../../shared/ui/Field.js";
import type { Typed } from "../../shared/ui/Form.js";
import { FormDialog } from "../../shared/ui/FormDialog.js";
import { RoleField } from "../acts/RoleField.js";
import { useRefresh } from "../acts/useRefresh.js";
import { issueToken, type ServiceToken } from "../data/back-ends.js";
import type { Account } from "../data/people.js";
import { SERVICE_ROLE } from "../data/roles.js";
import { Secret } from "../parts/Secret.js";
import { useKey } from "../parts/useKey.js";
import { useWords } from "../words.js";

interface IssueDialogProps {
  /** Of whom; without, of a new one. */
  backEnd?: Account;
  close(): void;
}

const DAY_SECONDS = 86_400;
const MOST_DAYS = 90;
const USUAL_DAYS = 90;

/** Gives a back-end a token, and shows it this once. */
export function IssueDialog({ backEnd, close }: IssueDialogProps) {
  const { t, date } = useWords();
  const proved = useProof();
  const refresh = useRefresh();
  const keyOf = useKey();
  const [role, choose] = useState(backEnd?.role ?? SERVICE_ROLE);
  const [issued, show] = useState<{ name: string; token: ServiceToken }>();

  async function send({ email = backEnd?.email ?? "", name = backEnd?.name ?? "", days }: Typed) {
    const body = { email, name, role, expires_in: Number(days) * DAY_SECONDS };
    const token = await proved(() => issueToken(body, keyOf(body)));
    show({ name, token });
    await refresh();
  }

  if (issued) {
    return (
      <Secret
        title={t("backEnds.issued", { name: issued.name })}
        warning={t("backEnds.once", { time: date(issued.token.expires_at) })}
        label={t("backEnds.token")}
        value={issued.token.access_token}
        stored={t("backEnds.stored")}
        close={close}
      />
    );
  }
  return (
    <FormDialog
      title={backEnd ? t("backEnds.issueFor", { name: backEnd.name }) : t("backEnds.issueTitle")}
      submit={send}
      about={{ user_exists: "email" }}
      button={t("backEnds.issue")}
      close={close}
    >
      {!backEnd && (
        <>
          <TextField name="email" type="email" label={t("people.email")} hint={t("backEnds.emailHint")} autoComplete="off" maxLength={254} required autoFocus />
          <TextField name="name" label={t("people.name")} autoComplete="off" maxLength={100} required />
          <RoleField value={role} change={choose} kind="service" />
        </>
      )}
      <TextField
        name="days"
        type="number"
        min={1}
        max={MOST_DAYS}
        step={1}
        label={t("backEnds.days")}
        hint={t("backEnds.daysHint")}
        defaultValue={USUAL_DAYS}
        required
      />
    </FormDialog>
  );
}
