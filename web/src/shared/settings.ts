/** What a deployer says of the pages. The function that serves them writes it into the HTML. */
export interface Settings {
  /** What people know the product as. */
  name: string;
  /** The address of a picture, or nothing. */
  logo: string;
  /** The accent, readable in each theme, or nothing for our own. */
  colours: Readonly<Record<"light" | "dark", string>> | null;
  terms: string;
  privacy: string;
  /** Origins that a sign-in may lead back to, besides this one. */
  return_to: readonly string[];
  sign_up: boolean;
  email_codes: boolean;
  /** Whether this origin may use them. */
  passkeys: boolean;
  password_minimum: number;
  /** What people may change about their own account. */
  own_profile: boolean;
  own_email: boolean;
  own_deletion: boolean;
  /** Whether there are webhooks. */
  events: boolean;
}

const DEFAULTS: Settings = {
  name: "Users",
  logo: "",
  colours: null,
  terms: "",
  privacy: "",
  return_to: [],
  sign_up: false,
  email_codes: false,
  passkeys: true,
  password_minimum: 8,
  own_profile: true,
  own_email: true,
  own_deletion: true,
  events: true,
};

/** Return the settings that the HTML carries; where it has none, as under `vite dev`, the defaults. */
function read(page: Document): Settings {
  const written = page.querySelector<HTMLMetaElement>("meta[name=pages]")?.content;
  return written ? { ...DEFAULTS, ...(JSON.parse(written) as Partial<Settings>) } : DEFAULTS;
}

export const settings = read(document);
