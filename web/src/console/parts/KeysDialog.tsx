import { Button } from "../../shared/ui/Button.js";
import { Dialog } from "../../shared/ui/Dialog.js";
import { useWords } from "../words.js";

/** The keys there are. */
export function KeysDialog({ close }: { close(): void }) {
  const { t } = useWords();
  const keys = [
    [["/"], t("keys.search")],
    [["↑", "↓"], t("keys.move")],
    [[t("keys.enter")], t("keys.open")],
    [["x"], t("keys.pick")],
    [[t("keys.escape")], t("keys.close")],
    [["?"], t("keys.list")],
  ] as const;
  return (
    <Dialog title={t("keys.title")} close={close}>
      <dl className="keys">
        {keys.map(([names, what]) => (
          <div key={what}>
            <dt>{names.map((name) => <kbd key={name}>{name}</kbd>)}</dt>
            <dd>{what}</dd>
          </div>
        ))}
      </dl>
      <div className="actions">
        <Button onClick={close}>{t("ui.close")}</Button>
      </div>
    </Dialog>
  );
}
