import type { Webhook } from "../data/webhooks.js";
import { useWords } from "../words.js";

/** Whether a webhook answers. */
export function Condition({ webhook }: { webhook: Webhook }) {
  const { t, date } = useWords();
  const { failing_since: since, paused_until: until } = webhook;
  if (until && new Date(until) > new Date()) return <span className="badge bad">{t("webhooks.state.paused", { time: date(until) })}</span>;
  if (since) return <span className="badge bad">{t("webhooks.state.failing", { time: date(since) })}</span>;
  return <span className="badge good">{t("webhooks.state.ok")}</span>;
}
