import { useProof } from "../../shared/Proof.js";
import { FormDialog } from "../../shared/ui/FormDialog.js";

interface ConfirmDialogProps {
  title: string;
  /** What happens. */
  will: string;
  /** The verb, and what it is done to. */
  button: string;
  perform(): Promise<unknown>;
  close(): void;
}

/** Asks before something is done, and for a recent proof where that takes one. */
export function ConfirmDialog({ title, will, button, perform, close }: ConfirmDialogProps) {
  const proved = useProof();
  return <FormDialog title={title} above={<p>{will}</p>} submit={() => proved(perform)} button={button} kind="danger" close={close} />;
}
