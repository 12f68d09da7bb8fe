import { type AnchorHTMLAttributes, type ComponentType, type MouseEvent, useEffect, useState, useSyncExternalStore } from "react";

/** Why a page is shown that was not asked for; the page says it. */
export type Notice = "signed_out" | "password_set" | "email_confirmed" | "signed_up" | "deleted" | "email_restored";

interface Going {
  /** In place of this page in the history, as it cannot be gone back to. */
  replace?: boolean;
  notice?: Notice;
}

export interface Address {
  path: string;
  search: URLSearchParams;
  notice: Notice | undefined;
}

/** A page; those that are not loaded with the first paint come when they are wanted. */
export interface Route {
  load: () => Promise<ComponentType>;
  /** Of a person: who is not signed in signs in first, and comes back. */
  isOwn: boolean;
}

const CHANGED = "pages:navigate";

const current = () => `${location.pathname}${location.search}`;

/** Go to another page of this area. */
export function navigate(to: string, { replace = false, notice }: Going = {}): void {
  history[replace ? "replaceState" : "pushState"](notice ? { notice } : null, "", to);
  if (!replace) scrollTo(0, 0);
  dispatchEvent(new Event(CHANGED));
}

function listen(changed: () => void): () => void {
  const names = [CHANGED, "popstate"];
  for (const name of names) addEventListener(name, changed);
  return () => names.forEach((name) => removeEventListener(name, changed));
}

/** Return where the person is. */
export function useAddress(): Address {
  const url = new URL(useSyncExternalStore(listen, current), location.origin);
  const { notice } = (history.state ?? {}) as { notice?: Notice };
  return { path: url.pathname.replace(/(.)\/$/, "$1"), search: url.searchParams, notice };
}

interface Shown {
  route: Route;
  Page?: ComponentType;
  error?: unknown;
}

/** Load the page of a route; until it is there, what was shown stays, so that nothing jumps. */
export function usePage(route: Route): Shown & { isOnItsWay: boolean } {
  const [shown, show] = useState<Shown>({ route });
  useEffect(() => {
    let isWanted = true;
    route.load().then(
      (Page) => isWanted && show({ route, Page }),
      (error: unknown) => isWanted && show({ route, error }),
    );
    return () => void (isWanted = false);
  }, [route]);
  return { ...shown, isOnItsWay: shown.route !== route };
}

type LinkProps = AnchorHTMLAttributes<HTMLAnchorElement> & { to: string };

/** A link to another page of this area. */
export function Link({ to, onClick, ...rest }: LinkProps) {
  function go(event: MouseEvent<HTMLAnchorElement>) {
    onClick?.(event);
    const isElsewhere = event.metaKey || event.ctrlKey || event.shiftKey || event.altKey || event.button !== 0;
    if (event.defaultPrevented || isElsewhere) return;
    event.preventDefault();
    navigate(to);
  }
  return <a {...rest} href={to} onClick={go} />;
}
