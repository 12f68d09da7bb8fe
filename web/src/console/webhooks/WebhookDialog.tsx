import { useState } from "react";

import { useProof } from "../../shared/Proof.js";
import { may, useMe } from "../../shared/session.js";
import { Banner } from "../../shared/ui/Banner.js";
import { TextField } from "../../shared/ui/Field.js";
import type { Typed } from "../../shared/ui/Form.js";
import { FormDialog } from "../../shared/ui/FormDialog.js";
import { useRefresh } from "../acts/useRefresh.js";
import { type EventName, saveWebhook, type Webhook } from "../data/webhooks.js";
import { Check } from "../parts/Check.js";
import { useMessages } from "../parts/Messages.js";
import { useWords } from "../words.js";
import { ALL, EVENTS } from "./names.js";
import { WebhookSecret } from "./WebhookSecret.js";

const NAME = "[a-z][a-z0-9_]{0,63}";

/** Makes a webhook, whose secret is shown once, or changes one. */
export function WebhookDialog({ webhook, close }: { webhook?: Webhook; close(): void }) {
  const { t } = useWords();
  const me = useMe();
  const proved = useProof();
  const { say } = useMessages();
  const refresh = useRefresh();
  const [chosen, choose] = useState<ReadonlySet<string>>(new Set(webhook?.events ?? [ALL]));
  const [isPersonal, setPersonal] = useState(webhook?.personal_data ?? false);
  const [lacksEvents, lackEvents] = useState(false);
  const [saved, show] = useState<Webhook>();
  const hasAll = chosen.has(ALL);

  async function send({ name = webhook?.name ?? "", url = "" }: Typed) {
    lackEvents(chosen.size === 0);
    if (chosen.size === 0) return;
    const events: EventName[] = hasAll ? [ALL] : EVENTS.filter((event) => chosen.has(event));
    const made = await proved(() => saveWebhook(name, { url, events, personal_data: isPersonal, rotate_secret: false }));
    if (made.secret) show(made);
    else {
      say(t("webhooks.saved", { name }));
      close();
    }
    await refresh();
  }

  function toggle(event: string, isChosen: boolean) {
    const next = new Set(chosen);
    if (isChosen) next.add(event);
    else next.delete(event);
    choose(next);
  }

  if (saved) return <WebhookSecret webhook={saved} close={close} />;
  return (
    <FormDialog
      title={webhook ? t("webhooks.editTitle", { name: webhook.name }) : t("webhooks.addTitle")}
      submit={send}
      button={webhook ? t("webhooks.save", { name: webhook.name }) : t("webhooks.make")}
      close={close}
    >
      {!webhook && <TextField name="name" label={t("webhooks.name")} hint={t("webhooks.nameHint")} pattern={NAME} autoComplete="off" spellCheck={false} required autoFocus />}
      <TextField name="url" label={t("webhooks.url")} hint={t("webhooks.urlHint")} defaultValue={webhook?.url} inputMode="url" autoComplete="off" spellCheck={false} maxLength={512} required />
      <fieldset>
        <legend>{t("webhooks.events")}</legend>
        {lacksEvents && <Banner kind="error">{t("webhooks.noEvents")}</Banner>}
        <Check label={t("webhooks.allEvents")} isChecked={hasAll} change={(isChosen) => toggle(ALL, isChosen)} />
        {!hasAll && EVENTS.map((event) => <Check key={event} label={<code>{event}</code>} isChecked={chosen.has(event)} change={(isChosen) => toggle(event, isChosen)} />)}
      </fieldset>
      {(may(me, "users:read") || isPersonal) && (
        <Check label={t("webhooks.personal")} hint={t("webhooks.personalHint")} isChecked={isPersonal} change={setPersonal} />
      )}
    </FormDialog>
  );
}
