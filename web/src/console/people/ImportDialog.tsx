import { useState } from "react";
import { UsersError } from "users-service-client";

import { download } from "../../shared/download.js";
import { inWords } from "../../shared/errors.js";
import { useProof } from "../../shared/Proof.js";
import { Button } from "../../shared/ui/Button.js";
import { Dialog } from "../../shared/ui/Dialog.js";
import { Form } from "../../shared/ui/Form.js";
import { Outcome } from "../acts/Outcome.js";
import { useMany } from "../acts/useMany.js";
import { useRefresh } from "../acts/useRefresh.js";
import { invite } from "../data/people.js";
import { written } from "../files/csv.js";
import { dated } from "../files/exported.js";
import type { Line } from "../files/plan.js";
import { useWords } from "../words.js";

interface ImportDialogProps {
  lines: readonly Line[];
  close(): void;
  /** Called with the addresses of those who have an account now. */
  done(made: ReadonlySet<string>): void;
}

/** Invites those who are new in a file. */
export function ImportDialog({ lines, close, done }: ImportDialogProps) {
  const words = useWords();
  const { t } = words;
  const proved = useProof();
  const refresh = useRefresh();
  const many = useMany<Line>();
  const [all] = useState(lines);

  async function send() {
    const made = new Set<string>();
    await many.run(all, async ({ person, key }) => {
      await proved(() => invite(person, key));
      made.add(person.email);
    });
    done(made);
    await refresh();
  }

  const reasonOf = (error: unknown) =>
    error instanceof UsersError && error.details.length ? error.details.map(({ message }) => message).join(" ") : inWords(error, words);
  const saveRefused = () => {
    const rows = many.progress.refused.map(({ item, error }) => [String(item.line), item.person.email, item.person.name, item.person.role ?? "", reasonOf(error)]);
    download(written([["line", "email", "name", "role", "reason"], ...rows]), `${dated("refused")}.csv`, "text/csv");
  };

  if (many.state === "asking") {
    return (
      <Dialog title={`${t("import.button", { count: all.length })}?`} close={close}>
        <p>{t("invite.explain")}</p>
        <Form submit={send} button={t("import.button", { count: all.length })} beside={<Button onClick={close}>{t("ui.cancel")}</Button>} />
      </Dialog>
    );
  }
  return (
    <Dialog title={t("import.title")} close={() => many.state === "over" && close()}>
      <Outcome count={all.length} many={many} nameOf={({ person }) => [person.name, person.email]} reasonOf={reasonOf} close={close}>
        {many.progress.refused.length > 0 && <Button onClick={saveRefused}>{t("import.report")}</Button>}
      </Outcome>
    </Dialog>
  );
}
