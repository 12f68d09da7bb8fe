import { useLocation, useNavigate } from "@tanstack/react-router";

import { Button } from "../../shared/ui/Button.js";
import { useWords } from "../words.js";

declare module "@tanstack/react-router" {
  interface HistoryState {
    /** The cursors of the pages before this one, the first page's being "". */
    before?: readonly string[];
    /** Whether one came to search. */
    atSearch?: boolean;
  }
}

interface PagerProps {
  cursor: string | undefined;
  next: string | undefined;
}

/** Ways to the pages around this one. Where it stands is in the address; where one came from, in the history. */
export function Pager({ cursor, next }: PagerProps) {
  const { t } = useWords();
  const navigate = useNavigate();
  const before = useLocation({ select: ({ state }) => state.before ?? [] });
  if (cursor === undefined && next === undefined) return null;

  const go = (to: string, trail: readonly string[]) =>
    void navigate({
      to: ".",
      search: ((search: object) => ({ ...search, cursor: to || undefined })) as never,
      state: { before: trail },
    });

  return (
    <nav className="actions no-print" aria-label={t("table.page", { page: before.length + 1 })}>
      {cursor !== undefined && <Button onClick={() => go("", [])}>{t("table.first")}</Button>}
      {before.length > 0 && <Button onClick={() => go(before.at(-1) ?? "", before.slice(0, -1))}>{t("table.previous")}</Button>}
      {next !== undefined && <Button onClick={() => go(next, [...before, cursor ?? ""])}>{t("table.next")}</Button>}
    </nav>
  );
}
