import { useQuery } from "@tanstack/react-query";
import { getRouteApi, useNavigate } from "@tanstack/react-router";
import { useState } from "react";

import { may, useMe } from "../../shared/session.js";
import { Button } from "../../shared/ui/Button.js";
import { useRefresh } from "../acts/useRefresh.js";
import { deleteWebhook, type EventName, saveWebhook, testWebhook, type Webhook, webhooksQuery } from "../data/webhooks.js";
import { ConfirmDialog } from "../parts/ConfirmDialog.js";
import { Empty } from "../parts/Empty.js";
import { Loaded } from "../parts/Loaded.js";
import { useMessages } from "../parts/Messages.js";
import { Page } from "../parts/Page.js";
import { useWords } from "../words.js";
import { Condition } from "./Condition.js";
import { Deliveries } from "./Deliveries.js";
import { WebhookDialog } from "./WebhookDialog.js";
import { WebhookSecret } from "./WebhookSecret.js";

const route = getRouteApi("/console/webhooks/$name");

/** One webhook, and what became of the events for it. */
export function WebhookPage() {
  const { t } = useWords();
  const { name } = route.useParams();
  const query = useQuery(webhooksQuery);
  return (
    <Page title={t("webhooks.editTitle", { name })} above={["/console/webhooks", t("webhooks.back")]}>
      <Loaded query={query}>
        {(webhooks) => {
          const webhook = webhooks.find((one) => one.name === name);
          return webhook ? <Shown webhook={webhook} /> : <Empty title={t("error.webhook_not_found")} hint={t("webhooks.emptyHint")} />;
        }}
      </Loaded>
    </Page>
  );
}

function Shown({ webhook }: { webhook: Webhook }) {
  const { t, date } = useWords();
  const me = useMe();
  const { name } = webhook;
  return (
    <>
      {may(me, "webhooks:write") && <Acts webhook={webhook} />}
      <dl className="facts">
        <div><dt>{t("webhooks.url")}</dt><dd>{webhook.url}</dd></div>
        <div><dt>{t("webhooks.state")}</dt><dd><Condition webhook={webhook} /></dd></div>
        <div><dt>{t("webhooks.events")}</dt><dd>{webhook.events.includes("*") ? t("webhooks.allEvents") : webhook.events.join(", ")}</dd></div>
        <div><dt>{t("webhooks.personal")}</dt><dd>{t(webhook.personal_data ? "roles.yes" : "roles.no")}</dd></div>
        {webhook.old_secret_until && <div><dt>{t("webhooks.secret")}</dt><dd>{t("webhooks.oldSecret", { time: date(webhook.old_secret_until) })}</dd></div>}
      </dl>
      <Deliveries name={name} />
    </>
  );
}

function Acts({ webhook }: { webhook: Webhook }) {
  const { t } = useWords();
  const { say, refuse } = useMessages();
  const navigate = useNavigate();
  const refresh = useRefresh();
  const [asked, ask] = useState<"edit" | "rotate" | "delete">();
  const [rotated, show] = useState<Webhook>();
  const [isTesting, setTesting] = useState(false);
  const { name } = webhook;
  const close = () => ask(undefined);

  async function test() {
    setTesting(true);
    await testWebhook(name).then(() => say(t("webhooks.tested", { name })), refuse);
    setTesting(false);
    await refresh();
  }

  async function rotate() {
    const { url, events, personal_data } = webhook;
    const saved = await saveWebhook(name, { url, events: events as EventName[], personal_data, rotate_secret: true });
    close();
    show(saved);
    await refresh();
  }

  async function remove() {
    await deleteWebhook(name);
    say(t("webhooks.deleted", { name }));
    await navigate({ to: "/console/webhooks" });
    await refresh();
  }

  return (
    <>
      <div className="actions no-print">
        <Button kind="primary" isBusy={isTesting} onClick={() => void test()}>{t("webhooks.test", { name })}</Button>
        <Button onClick={() => ask("edit")}>{t("webhooks.edit", { name })}</Button>
        <Button className="dangerous" onClick={() => ask("rotate")}>{t("webhooks.rotate", { name })}</Button>
        <Button className="dangerous" onClick={() => ask("delete")}>{t("webhooks.delete", { name })}</Button>
      </div>
      {asked === "edit" && <WebhookDialog webhook={webhook} close={close} />}
      {asked === "rotate" && (
        <ConfirmDialog
          title={t("webhooks.rotateTitle", { name })}
          will={t("webhooks.rotateWill", { name })}
          button={t("webhooks.rotate", { name })}
          perform={rotate}
          close={close}
        />
      )}
      {asked === "delete" && (
        <ConfirmDialog
          title={t("webhooks.deleteTitle", { name })}
          will={t("webhooks.deleteWill", { name })}
          button={t("webhooks.delete", { name })}
          perform={remove}
          close={close}
        />
      )}
      {rotated && <WebhookSecret webhook={rotated} close={() => show(undefined)} />}
    </>
  );
}
