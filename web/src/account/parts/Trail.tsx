import { useQuery } from "@tanstack/react-query";

import { events, nameOf } from "../../shared/eventWords.js";
import { RelativeTime } from "../../shared/ui/RelativeTime.js";
import { useWords } from "../words.js";
import type { OwnData } from "./ownData.js";

/** What was done to the account, newest first. */
export function Trail({ events: trail }: { events: OwnData["trail"] }) {
  const { t, code } = useWords();
  const { data: names } = useQuery(events(code));
  if (!names) return null;
  return (
    <section>
      <h2>{t("data.trail")}</h2>
      {trail.length === 0 && <p className="quiet">{t("data.empty")}</p>}
      <ol className="rows trail">
        {trail.map(({ what, happened_at, ip_address, by }, index) => (
          <li key={index}>
            <span>{nameOf(names, what)}</span>
            <span className="quiet">
              <RelativeTime at={happened_at} />
              {ip_address && ` · ${ip_address}`}
              {by === "another" && ` · ${t("data.by_another")}`}
            </span>
          </li>
        ))}
      </ol>
    </section>
  );
}
