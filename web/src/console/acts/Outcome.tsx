import { ProgressBar } from "../parts/ProgressBar.js";
import { useWords } from "../words.js";
import type { Progress } from "./many.js";

interface OutcomeProps<Item> {
  count: number;
  progress: Progress<Item>;
  isOver: boolean;
  /** Whom it was about: name and address. */
  nameOf(item: Item): readonly [string, string];
  reasonOf(error: unknown): string;
}

/** How far it is with many, and each refusal. */
export function Outcome<Item>({ count, progress, isOver, nameOf, reasonOf }: OutcomeProps<Item>) {
  const { t } = useWords();
  const { done, refused, waitSeconds } = progress;
  const begun = done + refused.length;
  const running = waitSeconds !== undefined ? t("many.waiting", { count: waitSeconds }) : t("many.running");
  const over = [
    t("many.done", { count: done }),
    ...(begun < count ? [t("many.stopped", { count: count - begun })] : []),
    ...(refused.length === 0 ? [t("many.noneRefused")] : []),
  ].join(". ");
  return (
    <>
      <ProgressBar done={begun} of={count} />
      <p role="status">{isOver ? over : running}</p>
      {refused.length > 0 && (
        <>
          <h3>{t("many.refused", { count: refused.length })}</h3>
          <ul className="refused">
            {refused.map(({ item, error }) => {
              const [name, email] = nameOf(item);
              return (
                <li key={email}>
                  <strong>{name}</strong> <span className="quiet">{email}</span>
                  <br />
                  {reasonOf(error)}
                </li>
              );
            })}
          </ul>
        </>
      )}
    </>
  );
}
