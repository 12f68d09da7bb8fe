import { useRef, useState } from "react";

import { Banner } from "../../shared/ui/Banner.js";
import { Button } from "../../shared/ui/Button.js";
import { Dialog } from "../../shared/ui/Dialog.js";
import { useWords } from "../words.js";

interface SecretProps {
  title: string;
  /** That it is shown once, and what for. */
  warning: string;
  label: string;
  value: string;
  stored: string;
  close(): void;
}

/** Something that is shown this once. Escape does not close it: it would be lost. */
export function Secret({ title, warning, label, value, stored, close }: SecretProps) {
  const { t } = useWords();
  const box = useRef<HTMLTextAreaElement>(null);
  const [isCopied, setCopied] = useState(false);

  async function copy() {
    box.current?.select();
    await navigator.clipboard.writeText(value).then(() => setCopied(true), () => setCopied(false));
  }

  return (
    <Dialog title={title} close={() => undefined}>
      <Banner kind="notice">{warning}</Banner>
      <label className="secret">
        <span>{label}</span>
        <textarea ref={box} readOnly rows={value.length > 80 ? 6 : 2} value={value} spellCheck={false} />
      </label>
      <div className="actions">
        <Button kind="primary" onClick={() => void copy()}>{t(isCopied ? "ui.copied" : "ui.copy")}</Button>
        <Button onClick={close}>{stored}</Button>
      </div>
    </Dialog>
  );
}
