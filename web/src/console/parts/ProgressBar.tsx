import { useWords } from "../words.js";

/** How far it is. */
export function ProgressBar({ done, of }: { done: number; of: number }) {
  const { t } = useWords();
  const text = t("many.progress", { done, count: of });
  return (
    <div className="progress">
      <progress value={done} max={Math.max(of, 1)} aria-label={text} />
      <span>{text}</span>
    </div>
  );
}
