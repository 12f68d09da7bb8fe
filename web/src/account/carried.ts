/** What a link in a mail carries behind the #: a token, or a challenge with its code. */
export type Carried =
  | { kind: "reset_token"; token: string }
  | { kind: "email_token"; token: string }
  | { kind: "undo_token"; token: string }
  | { kind: "challenge"; challenge: string; code: string };

/** The page that each is for, whatever page the link leads to. */
const PAGES = {
  reset_token: "/account/new-password",
  email_token: "/account/confirm",
  undo_token: "/account/undo",
  challenge: "/account/code",
} as const;

const TOKENS = ["reset_token", "email_token", "undo_token"] as const;

// of this page load alone: no script finds it in a storage or in the address
let carried: Carried | undefined;

/** Return what the part of an address behind the # carries. */
export function read(hash: string): Carried | undefined {
  const parts = new URLSearchParams(hash.replace(/^#/, ""));
  const kind = TOKENS.find((name) => parts.get(name));
  const token = kind && parts.get(kind);
  if (token) return { kind, token };
  const [challenge, code] = [parts.get("challenge"), parts.get("code")];
  return challenge && code ? { kind: "challenge", challenge, code } : undefined;
}

/** Take what a link carried out of the address bar and the history, and be at its page; say whether it did. */
export function take(): boolean {
  const found = read(location.hash);
  if (!found) return false;
  history.replaceState(null, "", hand(found));
  return true;
}

/** Hand a token on to the page that it is for. */
export function hand(token: Carried): string {
  carried = token;
  return PAGES[token.kind];
}

/** Return what was carried here, if it is of this kind. It stays until it is used, however often the page is drawn. */
export function given<Kind extends Carried["kind"]>(kind: Kind): Extract<Carried, { kind: Kind }> | undefined {
  return carried?.kind === kind ? (carried as Extract<Carried, { kind: Kind }>) : undefined;
}

/** Forget it, once it is used. */
export function drop(): void {
  carried = undefined;
}
