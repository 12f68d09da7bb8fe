import { useRef, useState } from "react";
import { UsersError } from "users-service-client";

import { download } from "../../shared/download.js";
import { inWords } from "../../shared/errors.js";
import { useProof } from "../../shared/Proof.js";
import { Button } from "../../shared/ui/Button.js";
import { Dialog } from "../../shared/ui/Dialog.js";
import { Form } from "../../shared/ui/Form.js";
import { actOnEach, type Progress } from "../acts/many.js";
import { Outcome } from "../acts/Outcome.js";
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
  const stopping = useRef(new AbortController());
  const [all] = useState(lines);
  const [progress, report] = useState<Progress<Line>>({ done: 0, refused: [] });
  const [state, turn] = useState<"asking" | "running" | "over">("asking");

  async function send() {
    const made = new Set<string>();
    turn("running");
    const act = async ({ person, key }: Line) => {
      await proved(() => invite(person, key));
      made.add(person.email);
    };
    await actOnEach(all, { act, report, signal: stopping.current.signal });
    turn("over");
    done(made);
    await refresh();
  }

  const reasonOf = (error: unknown) =>
    error instanceof UsersError && error.details.length ? error.details.map(({ message }) => message).join(" ") : inWords(error, words);
  const saveRefused = () => {
    const rows = progress.refused.map(({ item, error }) => [String(item.line), item.person.email, item.person.name, item.person.role ?? "", reasonOf(error)]);
    download(written([["line", "email", "name", "role", "reason"], ...rows]), `${dated("refused")}.csv`, "text/csv");
  };

  if (state === "asking") {
    return (
      <Dialog title={`${t("import.button", { count: all.length })}?`} close={close}>
        <p>{t("invite.explain")}</p>
        <Form submit={send} button={t("import.button", { count: all.length })} beside={<Button onClick={close}>{t("ui.cancel")}</Button>} />
      </Dialog>
    );
  }
  return (
    <Dialog title={t("import.title")} close={() => state === "over" && close()}>
      <Outcome
        count={all.length}
        progress={progress}
        isOver={state === "over"}
        nameOf={({ person }) => [person.name, person.email]}
        reasonOf={reasonOf}
      />
      <div className="actions">
        {state === "over" ? <Button kind="primary" onClick={close}>{t("ui.close")}</Button> : <Button autoFocus onClick={() => stopping.current.abort()}>{t("many.stop")}</Button>}
        {state === "over" && progress.refused.length > 0 && <Button onClick={saveRefused}>{t("import.report")}</Button>}
      </div>
    </Dialog>
  );
}
