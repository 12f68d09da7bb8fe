/** What a deployer says of the pages. The function that serves them writes it into the HTML. */
export interface Settings {
  /** What people know the product as. */
  name: string;
  /** The address of a picture, or nothing. */
  logo: string;
  /** The accent, as CSS has it, or nothing for our own. */
  colour: string;
  terms: string;
  privacy: string;
  /** Origins that a sign-in may lead back to, besides this one. */
  return_to: readonly string[];
  sign_up: boolean;
  email_codes: boolean;
  passkeys: boolean;
  password_minimum: number;
}

const DEFAULTS: Settings = {
  name: "Users",
  logo: "",
  colour: "",
  terms: "",
  privacy: "",
  return_to: [],
  sign_up: false,
  email_codes: false,
  passkeys: true,
  password_minimum: 8,
};

/** Return the settings that the HTML carries; where it has none, as under `vite dev`, the defaults. */
export function read(page: Document): Settings {
  const written = page.querySelector<HTMLMetaElement>("meta[name=pages]")?.content;
  return written ? { ...DEFAULTS, ...(JSON.parse(written) as Partial<Settings>) } : DEFAULTS;
}

export const settings = read(document);
