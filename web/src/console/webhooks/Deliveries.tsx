import { useInfiniteQuery } from "@tanstack/react-query";
import { useState } from "react";

import { Refused } from "../../shared/Refused.js";
import { may, useMe } from "../../shared/session.js";
import { Button } from "../../shared/ui/Button.js";
import { Skeleton } from "../../shared/ui/Skeleton.js";
import { useRefresh } from "../acts/useRefresh.js";
import { deliveriesQuery, type Delivery, redeliver } from "../data/webhooks.js";
import { Empty } from "../parts/Empty.js";
import { Moment } from "../parts/Moment.js";
import { useMessages } from "../parts/Messages.js";
import { useWords } from "../words.js";

const STATUSES = ["pending", "delivered", "failed"] as const;
// one that is on its way changes by itself
const LOOK_AGAIN_MS = 3_000;

/** What became of the events for a webhook, those of the newest first. */
export function Deliveries({ name }: { name: string }) {
  const { t } = useWords();
  const query = useInfiniteQuery({ ...deliveriesQuery(name), refetchInterval: LOOK_AGAIN_MS });
  const deliveries = query.data?.pages.flatMap((page) => page.deliveries);
  return (
    <section aria-labelledby="deliveries">
      <h2 id="deliveries">{t("webhooks.deliveries")}</h2>
      {deliveries ? <DeliveryTable name={name} deliveries={deliveries} /> : query.isError ? null : <Skeleton lines={5} />}
      {query.isError && <Refused error={query.error} retry={() => void query.refetch()} />}
      {query.hasNextPage && <Button isBusy={query.isFetchingNextPage} onClick={() => void query.fetchNextPage()}>{t("table.more")}</Button>}
    </section>
  );
}

function DeliveryTable({ name, deliveries }: { name: string; deliveries: readonly Delivery[] }) {
  const { t } = useWords();
  const me = useMe();
  if (deliveries.length === 0) return <Empty title={t("webhooks.deliveriesNone")} hint={t("webhooks.deliveriesHint")} />;
  return (
    <table>
      <caption className="unseen">{t("webhooks.deliveries")}</caption>
      <thead>
        <tr>
          <th>{t("webhooks.type")}</th>
          <th>{t("webhooks.status")}</th>
          <th className="number">{t("webhooks.attempts")}</th>
          <th className="time">{t("webhooks.attempted")}</th>
          <th className="time">{t("webhooks.next")}</th>
          <th>{t("webhooks.answer")}</th>
          <th><span className="unseen">{t("person.acts")}</span></th>
        </tr>
      </thead>
      <tbody>
        {deliveries.map((delivery) => (
          <tr key={delivery.delivery_id}>
            <td title={delivery.delivery_id}><code>{delivery.type}</code></td>
            <td><Status status={delivery.status} /></td>
            <td className="number" data-label={t("webhooks.attempts")}>{delivery.attempts}</td>
            <td className="time" data-label={t("webhooks.attempted")}><Moment at={delivery.attempted_at} /></td>
            <td className="time">{delivery.next_attempt_at && <Moment at={delivery.next_attempt_at} />}</td>
            <td className="details" title={delivery.reason ?? undefined}><Answer delivery={delivery} /></td>
            <td className="row-acts">{may(me, "webhooks:write") && <Again name={name} id={delivery.delivery_id} />}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

function Status({ status }: Pick<Delivery, "status">) {
  const { t } = useWords();
  const known = STATUSES.find((one) => one === status);
  const kind = status === "delivered" ? "good" : status === "failed" ? "bad" : "";
  return <span className={`badge ${kind}`}>{known ? t(`webhooks.status.${known}`) : status}</span>;
}

function Answer({ delivery }: { delivery: Delivery }) {
  const { t } = useWords();
  const { response_status: status, latency_ms: latency, reason } = delivery;
  return <>{[status, latency != null && t("webhooks.latency", { count: latency }), reason].filter(Boolean).join(" · ")}</>;
}

function Again({ name, id }: { name: string; id: string }) {
  const { t } = useWords();
  const { say, refuse } = useMessages();
  const refresh = useRefresh();
  const [isBusy, setBusy] = useState(false);

  async function again() {
    setBusy(true);
    await redeliver(name, id).then(() => say(t("webhooks.redelivered")), refuse);
    setBusy(false);
    await refresh();
  }

  return <Button kind="link" isBusy={isBusy} onClick={() => void again()}>{t("webhooks.redeliver")}</Button>;
}
