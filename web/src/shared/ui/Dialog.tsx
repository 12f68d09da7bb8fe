import { type ReactNode, useEffect, useId, useRef } from "react";

interface DialogProps {
  title: string;
  /** Called on Escape and by what the dialog itself closes with. */
  close(): void;
  children: ReactNode;
}

/** A question that waits for an answer; the focus stays in it, and goes back to where it came from. */
export function Dialog({ title, close, children }: DialogProps) {
  const id = useId();
  const dialog = useRef<HTMLDialogElement>(null);

  useEffect(() => {
    const opened = dialog.current;
    const from = document.activeElement;
    opened?.showModal();
    return () => {
      opened?.close();
      if (from instanceof HTMLElement && from.isConnected) from.focus();
    };
  }, []);

  return (
    <dialog
      ref={dialog}
      aria-labelledby={id}
      onCancel={(event) => {
        event.preventDefault();
        close();
      }}
    >
      <h2 id={id}>{title}</h2>
      {children}
    </dialog>
  );
}
