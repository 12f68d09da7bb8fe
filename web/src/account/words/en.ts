import { en as shared } from "../../shared/words/en.js";

/** What /account says, in English; the keys are those of every language. */
export const en = {
  ...shared,
  "field.email": "E-mail",
  "field.password": "Password",

  "sign_in.title": "Sign in",
  "sign_in.to": "to {name}",
  "sign_in.button": "Sign in",

  "nav.overview": "Your account",
  "overview.title": "Your account",

  "not_found.title": "There is no such page",
} as const;
