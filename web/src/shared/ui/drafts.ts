/** What was typed and not yet sent, by form and field, as long as the page is not loaded anew. Never secrets. */
const drafts = new Map<string, string>();

const SECRETS = /password|code|off/;

/** What is typed in. */
export type Control = HTMLInputElement | HTMLSelectElement | HTMLTextAreaElement;

/** Keep what is typed, so that who comes back to the form finds it. */
export function keep(form: string, { name, value, type, autocomplete }: Control): void {
  if (type !== "password" && !SECRETS.test(autocomplete)) drafts.set(`${form}.${name}`, value);
}

export const kept = (form: string, name: string): string | undefined => drafts.get(`${form}.${name}`);

/** Forget what was typed in a form, once it is sent. */
export function forget(form: string): void {
  for (const key of drafts.keys()) if (key.startsWith(`${form}.`)) drafts.delete(key);
}
