import { useState } from "react";

import { download } from "../../shared/download.js";
import { settings } from "../../shared/settings.js";
import { Button } from "../../shared/ui/Button.js";
import { Form } from "../../shared/ui/Form.js";
import { Page } from "../Page.js";
import { useWords } from "../words.js";

interface RecoveryCodesProps {
  codes: readonly string[];
  /** Whose they are, where that is known. */
  email?: string;
  /** Called once the person says that they have kept them. */
  kept(): void | Promise<void>;
}

/** Recovery codes, shown this once: to copy, download or print. */
export function RecoveryCodes({ codes, email, kept }: RecoveryCodesProps) {
  const { t } = useWords();
  const [isCopied, setCopied] = useState(false);
  const text = [t("codes.file", { name: settings.name }), email, "", ...codes, ""].filter((line) => line !== undefined).join("\n");

  // a browser that does not let us says so itself, and the codes can be selected
  const copy = () => navigator.clipboard.writeText(text).then(() => setCopied(true), () => setCopied(false));

  return (
    <Page title={t("codes.title")} isAnswer>
      <p>{t("codes.lead")}</p>
      <ul className="codes" aria-label={t("codes.list")}>
        {codes.map((code) => <li key={code}><code>{code}</code></li>)}
      </ul>
      <div className="actions no-print">
        <Button onClick={() => void copy()}>{t("ui.copy")}</Button>
        <Button onClick={() => download(text, "recovery-codes.txt")}>{t("codes.download")}</Button>
        <Button onClick={() => print()}>{t("codes.print")}</Button>
        <span role="status">{isCopied && t("ui.copied")}</span>
      </div>
      <div className="no-print">
        <Form button={t("codes.kept")} submit={async () => kept()} />
      </div>
    </Page>
  );
}
