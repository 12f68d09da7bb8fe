import type { ReactNode } from "react";

import { Button } from "../../shared/ui/Button.js";
import { ProgressBar } from "../parts/ProgressBar.js";
import { useWords } from "../words.js";
import type { Many } from "./useMany.js";

interface OutcomeProps<Item> {
  count: number;
  many: Many<Item>;
  /** Whom it was about: name and address. */
  nameOf(item: Item): readonly [string, string];
  reasonOf(error: unknown): string;
  close(): void;
  /** What else can be done once it is over. */
  children?: ReactNode;
}

/** How far it is with many, and each refusal; a way to stop, and then to close. */
export function Outcome<Item>({ count, many, nameOf, reasonOf, close, children }: OutcomeProps<Item>) {
  const { t } = useWords();
  const { done, refused, waitSeconds } = many.progress;
  const isOver = many.state === "over";
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
      <div className="actions">
        {isOver ? <Button kind="primary" onClick={close}>{t("ui.close")}</Button> : <Button autoFocus onClick={many.stop}>{t("many.stop")}</Button>}
        {isOver && children}
      </div>
    </>
  );
}
