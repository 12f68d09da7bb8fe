/** Return where a sign-in may lead on: to a page of `here`, or of an origin on the allow-list; else nothing. */
export function destination(wanted: unknown, allowed: readonly string[], here: string): URL | undefined {
  if (typeof wanted !== "string" || !wanted) return undefined;
  // a browser takes "\" for "/", and leaves tabs and line ends away
  if (/[\\\s\u0000-\u001f]/.test(wanted)) return undefined;
  const isOurs = wanted.startsWith("/") && !wanted.startsWith("//");
  if (!isOurs && !/^https?:\/\//i.test(wanted)) return undefined;
  const url = URL.canParse(wanted, here) ? new URL(wanted, here) : undefined;
  if (!url || url.username || url.password) return undefined;
  return [here, ...allowed].includes(url.origin) ? url : undefined;
}
