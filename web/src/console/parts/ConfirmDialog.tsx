import { useProof } from "../../shared/Proof.js";
import { Button } from "../../shared/ui/Button.js";
import { Dialog } from "../../shared/ui/Dialog.js";
import { Form } from "../../shared/ui/Form.js";
import { useWords } from "../words.js";

interface ConfirmDialogProps {
  title: string;
  /** What happens. */
  will: string;
  /** The verb, and what it is done to. */
  button: string;
  kind?: "primary" | "danger";
  perform(): Promise<unknown>;
  close(): void;
}

/** Asks before something is done, and for a recent proof where that takes one. */
export function ConfirmDialog({ title, will, button, kind = "danger", perform, close }: ConfirmDialogProps) {
  const { t } = useWords();
  const proved = useProof();
  return (
    <Dialog title={title} close={close}>
      <p>{will}</p>
      <Form submit={() => proved(perform)} button={button} kind={kind} beside={<Button onClick={close}>{t("ui.cancel")}</Button>} />
    </Dialog>
  );
}
