import type { ReactNode } from "react";

import { useProof } from "../../shared/Proof.js";
import type { Typed } from "../../shared/ui/Form.js";
import { FormDialog } from "../../shared/ui/FormDialog.js";

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
  const prove = useProof();
  return (
    <FormDialog title={title} kind={kind} button={verb} submit={(typed) => prove(() => act(typed))} close={close}>
      {children}
    </FormDialog>
  );
}
