import { useShared } from "../words.js";

/** Lines that keep the place of what is being loaded. */
export function Skeleton({ lines = 3 }: { lines?: number }) {
  const { t } = useShared();
  return (
    <div className="skeleton" role="status">
      <span className="unseen">{t("ui.loading")}</span>
      {Array.from({ length: lines }, (_, line) => <i key={line} aria-hidden />)}
    </div>
  );
}
