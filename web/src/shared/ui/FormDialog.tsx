import type { ReactNode } from "react";

import { useShared } from "../words.js";
import { Button } from "./Button.js";
import { Dialog } from "./Dialog.js";
import { Form, type FormProps } from "./Form.js";

interface FormDialogProps extends Omit<FormProps, "beside"> {
  title: string;
  close(): void;
  /** What to know before one fills it in. */
  above?: ReactNode;
}

/** A question that is answered by a form, or not at all. */
export function FormDialog({ title, close, above, ...form }: FormDialogProps) {
  const { t } = useShared();
  return (
    <Dialog title={title} close={close}>
      {above}
      <Form {...form} beside={<Button onClick={close}>{t("ui.cancel")}</Button>} />
    </Dialog>
  );
}
