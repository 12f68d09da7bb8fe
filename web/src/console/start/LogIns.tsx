import { useQuery } from "@tanstack/react-query";
import { useState } from "react";

import { newestQuery } from "../data/trail.js";
import { Loaded } from "../parts/Loaded.js";
import { useWords } from "../words.js";
import { byDay, type Day, dayBefore } from "./days.js";

const DAYS = 14;
// as many as can be read on a narrow screen
const FEWER_DAYS = 7;
const NARROW = "(max-width: 800px)";
const WIDTH = 40;
const GAP = 8;
const HEIGHT = 96;
const LEAST = 2;

/** How many sign-ins there were on each of the last days. */
export function LogIns({ now }: { now: Date }) {
  const { t } = useWords();
  const [count] = useState(() => (matchMedia(NARROW).matches ? FEWER_DAYS : DAYS));
  const query = useQuery(newestQuery("session_begun", dayBefore(count - 1, now)));
  return (
    <section aria-labelledby="log-ins">
      <h2 id="log-ins">{t("start.logIns", { count })}</h2>
      <Loaded query={query} lines={4}>
        {({ events, isWhole }) => {
          const days = byDay(events.map(({ happened_at }) => happened_at), { days: count, now, isWhole });
          return (
            <>
              {events.length === 0 ? <p className="quiet">{t("start.noLogIns")}</p> : <Chart days={days} />}
              {!isWhole && <p className="quiet"><Cut count={events.length} oldest={events.at(-1)?.happened_at} /></p>}
              <p className="quiet">{t("start.today", { count: days.at(-1)?.count ?? 0 })}</p>
            </>
          );
        }}
      </Loaded>
    </section>
  );
}

function Cut({ count, oldest }: { count: number; oldest: string | undefined }) {
  const { t, date } = useWords();
  return <>{oldest && t("start.cut", { count, time: date(oldest) })}</>;
}

function Chart({ days }: { days: readonly Day[] }) {
  const { t, date, number } = useWords();
  const most = Math.max(...days.map(({ count }) => count), 1);
  const named = (day: Day) => date(day.at, { day: "numeric", month: "short" });
  const said = (day: Day) => t("start.day", { day: named(day), count: day.count });
  const width = days.length * (WIDTH + GAP);
  return (
    <svg className="chart" viewBox={`0 0 ${width} ${HEIGHT + 44}`} role="img" aria-label={t("start.chart", { days: days.map(said).join("; ") })}>
      {days.map((day, index) => {
        const height = day.count === 0 ? 0 : Math.max((day.count / most) * HEIGHT, LEAST);
        const left = index * (WIDTH + GAP);
        return (
          <g key={day.at.toISOString()} className={day.isCut ? "cut" : ""}>
            <title>{said(day)}</title>
            <rect x={left} y={20 + HEIGHT - height} width={WIDTH} height={height} rx={2} />
            <text x={left + WIDTH / 2} y={14 + HEIGHT - height}>{day.isCut ? "?" : number(day.count)}</text>
            <text className="day" x={left + WIDTH / 2} y={HEIGHT + 38}>{named(day)}</text>
          </g>
        );
      })}
    </svg>
  );
}
