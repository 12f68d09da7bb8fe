import type { Webhook } from "../data/webhooks.js";
import { Secret } from "../parts/Secret.js";
import { useWords } from "../words.js";

/** The secret of a webhook, this once. */
export function WebhookSecret({ webhook, close }: { webhook: Webhook; close(): void }) {
  const { t } = useWords();
  return (
    <Secret
      title={t("webhooks.secretTitle", { name: webhook.name })}
      warning={t("webhooks.once")}
      label={t("webhooks.secret")}
      value={webhook.secret ?? ""}
      stored={t("webhooks.stored")}
      close={close}
    />
  );
}
