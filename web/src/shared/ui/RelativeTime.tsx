import { useEffect, useState } from "react";

import { useShared } from "../words.js";

const MINUTE_MS = 60_000;

/** How long ago that was; the exact time is on hover. */
export function RelativeTime({ at }: { at: string }) {
  const { ago, date } = useShared();
  const [now, tick] = useState(() => new Date());
  useEffect(() => {
    const timer = setInterval(() => tick(new Date()), MINUTE_MS);
    return () => clearInterval(timer);
  }, []);
  return <time dateTime={at} title={date(at)}>{ago(at, now)}</time>;
}
