import type { ReactNode } from "react";

import { useProof } from "../../shared/Proof.js";
import { Button } from "../../shared/ui/Button.js";
import { Dialog } from "../../shared/ui/Dialog.js";
import { Form, type Typed } from "../../shared/ui/Form.js";
import { useWords } from "../words.js";

interface QuestionProps {
  title: string;
  /** The verb that does it. */
  verb: string;
  kind?: "primary" | "danger";
  close(): void;
  act(typed: Typed): Promise<unknown>;
  children: ReactNode;
}

/** Asks before something is done that one may not have meant. */
export function Question({ title, verb, kind = "danger", close, act, children }: QuestionProps) {
  const { t } = useWords();
  const prove = useProof();
  return (
    <Dialog title={title} close={close}>
      <Form
        kind={kind}
        button={verb}
        submit={(typed) => prove(() => act(typed))}
        beside={<Button onClick={close}>{t("ui.cancel")}</Button>}
      >
        {children}
      </Form>
    </Dialog>
  );
}
