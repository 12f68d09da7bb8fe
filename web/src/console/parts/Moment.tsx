import { RelativeTime } from "../../shared/ui/RelativeTime.js";
import { useWords } from "../words.js";

/** When something was, or that it never was. */
export function Moment({ at }: { at: string | null | undefined }) {
  const { t } = useWords();
  return at ? <RelativeTime at={at} /> : <span className="quiet">{t("time.never")}</span>;
}
