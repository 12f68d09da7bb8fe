import { useQuery } from "@tanstack/react-query";

import { inWords } from "../../shared/errors.js";
import { devicesQuery } from "../data/people.js";
import { useWords } from "../words.js";

/** How many tokens of a back-end are in use, and until when. */
export function Tokens({ id }: { id: number }) {
  const words = useWords();
  const { t, number, date } = words;
  const { data, error } = useQuery(devicesQuery(id));
  if (error) return <span className="quiet">{inWords(error, words)}</span>;
  if (!data) return <span className="quiet">…</span>;
  if (data.length === 0) return <span className="quiet">{t("backEnds.tokensNone")}</span>;
  const last = data.map(({ expires_at }) => expires_at).sort().at(-1)!;
  return <span title={`${t("backEnds.until")} ${date(last)}`}>{number(data.length)}</span>;
}
