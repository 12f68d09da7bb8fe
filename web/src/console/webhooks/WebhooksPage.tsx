import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useState } from "react";
import { Plus } from "lucide-react";
import { UsersError } from "users-service-client";

import { may, useMe } from "../../shared/session.js";
import { Button } from "../../shared/ui/Button.js";
import { type Webhook, webhooksQuery } from "../data/webhooks.js";
import { Empty } from "../parts/Empty.js";
import { Loaded } from "../parts/Loaded.js";
import { Page } from "../parts/Page.js";
import { useWords } from "../words.js";
import { Condition } from "./Condition.js";
import { WebhookDialog } from "./WebhookDialog.js";

/** Who is told what happens to accounts. */
export function WebhooksPage() {
  const { t } = useWords();
  const me = useMe();
  const query = useQuery(webhooksQuery);
  const [isMaking, make] = useState(false);
  if (query.error instanceof UsersError && query.error.code === "webhooks_off") {
    return (
      <Page title={t("webhooks.title")}>
        <Empty title={t("webhooks.off")} hint={t("webhooks.offHint")} />
      </Page>
    );
  }
  const button = may(me, "webhooks:write") && <Button kind="primary" onClick={() => make(true)}><Plus size={18} aria-hidden />{t("webhooks.add")}</Button>;
  return (
    <Page title={t("webhooks.title")} actions={button}>
      <Loaded query={query} lines={4}>
        {(webhooks) => (webhooks.length ? <WebhookTable webhooks={webhooks} /> : <Empty title={t("webhooks.empty")} hint={t("webhooks.emptyHint")} />)}
      </Loaded>
      {isMaking && <WebhookDialog close={() => make(false)} />}
    </Page>
  );
}

function WebhookTable({ webhooks }: { webhooks: readonly Webhook[] }) {
  const { t } = useWords();
  return (
    <table>
      <caption className="unseen">{t("webhooks.title")}</caption>
      <thead>
        <tr>
          <th>{t("webhooks.name")}</th>
          <th>{t("webhooks.url")}</th>
          <th>{t("webhooks.events")}</th>
          <th>{t("webhooks.state")}</th>
        </tr>
      </thead>
      <tbody>
        {webhooks.map((webhook) => (
          <tr key={webhook.name}>
            <td><Link to="/console/webhooks/$name" params={{ name: webhook.name }} data-row>{webhook.name}</Link></td>
            <td title={webhook.url}>{webhook.url}</td>
            <td title={webhook.events.join(", ")}>{webhook.events.includes("*") ? t("trail.any") : webhook.events.join(", ")}</td>
            <td><Condition webhook={webhook} /></td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
