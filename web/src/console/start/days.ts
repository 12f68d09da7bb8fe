/** How many events there were on each day, by the calendar of who looks. */

export interface Day {
  /** Its beginning. */
  at: Date;
  count: number;
  /** Not all of its events are known. */
  isCut: boolean;
}

/** Return the beginning of the day that was `days` before that of `now`. */
export function dayBefore(days: number, now: Date): Date {
  return new Date(now.getFullYear(), now.getMonth(), now.getDate() - days);
}

/** Return the last `days` days, the oldest first, with how many of these times fall on each. */
export function byDay(times: readonly string[], { days, now, isWhole }: { days: number; now: Date; isWhole: boolean }): Day[] {
  const begins = Array.from({ length: days }, (_, index) => dayBefore(days - 1 - index, now));
  const moments = times.map((time) => new Date(time));
  const oldest = Math.min(...moments.map(Number), Number.POSITIVE_INFINITY);
  return begins.map((at, index) => {
    const end = begins[index + 1] ?? dayBefore(-1, now);
    const count = moments.filter((moment) => moment >= at && moment < end).length;
    return { at, count, isCut: !isWhole && at.getTime() < oldest };
  });
}
