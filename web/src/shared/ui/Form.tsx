import { type ChangeEvent, type FormEvent, type ReactNode, useEffect, useRef, useState } from "react";
import { type ErrorCode, UsersError } from "users-service-client";

import { GivenUpError, inWords } from "../errors.js";
import type { Code } from "../i18n.js";
import { useShared } from "../words.js";
import { Banner } from "./Banner.js";
import { Button } from "./Button.js";
import * as drafts from "./drafts.js";
import type { Control } from "./drafts.js";
import { type ByField, FormContext } from "./formContext.js";

/** What was typed, by name of the field. */
export type Typed = Readonly<Record<string, string>>;

export interface FormProps {
  /** Throws what was refused; the form says it in words, by the field if it is one's. */
  submit(typed: Typed): Promise<unknown>;
  /** The verb of its button. */
  button: ReactNode;
  kind?: "primary" | "danger";
  /** Which field an error code is about, besides those that the service names itself. */
  about?: Partial<Record<ErrorCode, string>>;
  /** The name that what was typed is kept under, for who leaves the form and comes back. */
  draft?: string;
  children?: ReactNode;
  /** Beside the button. */
  beside?: ReactNode;
}

/** A form that says what is wrong where it is wrong, loses nothing, and is sent once at a time. */
export function Form({ submit, button, kind = "primary", about = {}, draft, children, beside }: FormProps) {
  const shared = useShared();
  const form = useRef<HTMLFormElement>(null);
  const [isBusy, setBusy] = useState(false);
  const [refusal, setRefusal] = useState<Refusal>();
  const [missing, setMissing] = useState<readonly Control[]>([]);
  const { fields, rest } = sorted(refusal, about, shared);
  const ofFields = { ...Object.fromEntries(missing.map((control) => [control.name, wanting(control, shared)])), ...fields };

  useEffect(() => {
    form.current?.querySelector<HTMLElement>("[aria-invalid=true]")?.focus();
  }, [refusal, missing]);

  async function send(event: FormEvent<HTMLFormElement>) {
    event.preventDefault();
    if (isBusy) return;
    const controls = [...event.currentTarget.elements].filter((element): element is Control => "validity" in element);
    const lacking = controls.filter((control) => !control.validity.valid || isTooShort(control));
    const typed = Object.fromEntries(new FormData(event.currentTarget)) as Typed;
    setMissing(lacking);
    setRefusal(undefined);
    if (lacking.length) return;
    setBusy(true);
    try {
      await submit(typed);
      if (draft) drafts.forget(draft);
    } catch (error) {
      // who has given up knows why nothing came of it
      if (!(error instanceof GivenUpError)) setRefusal({ error, language: shared.code });
    } finally {
      setBusy(false);
    }
  }

  const around = { faults: ofFields, draft: (name: string) => (draft ? drafts.kept(draft, name) : undefined) };
  const keep = ({ target }: ChangeEvent<HTMLFormElement>) => draft && drafts.keep(draft, target as unknown as Control);

  return (
    <form ref={form} noValidate onChange={keep} onSubmit={(event) => void send(event)}>
      {rest !== undefined && <Banner kind="error">{rest}</Banner>}
      <FormContext value={around}>{children}</FormContext>
      <div className="actions">
        <Button type="submit" kind={kind} isBusy={isBusy}>{button}</Button>
        {beside}
      </div>
    </form>
  );
}

type Shared = ReturnType<typeof useShared>;

/** Why a form was refused, and in which language the service was asked. */
interface Refusal {
  error: unknown;
  language: Code;
}

/** Part a refusal into what fields are to say, and what the form says of all the rest. */
function sorted(refusal: Refusal | undefined, about: FormProps["about"], shared: Shared): { fields: ByField; rest?: string } {
  if (!refusal) return { fields: {} };
  const { error, language } = refusal;
  if (!(error instanceof UsersError)) return { fields: {}, rest: inWords(error, shared) };
  if (error.details.length) {
    // the service's words are in one language, and the page may be in another by now
    const say = (message: string) => (language === shared.code ? message : shared.t("error.validation_failed"));
    return { fields: Object.fromEntries(error.details.map(({ field, message }) => [field, say(message)])) };
  }
  const field = about?.[error.code];
  return field ? { fields: { [field]: inWords(error, shared) } } : { fields: {}, rest: inWords(error, shared) };
}

/** Tell it as the service counts, whoever filled the field in: browsers look only at what is typed. */
function isTooShort(control: Control): boolean {
  return "minLength" in control && [...control.value.normalize("NFC")].length < control.minLength;
}

/** Say what a field lacks before the service is asked. */
function wanting(control: Control, { t }: Shared): string {
  if (control.validity.typeMismatch) return t("field.email_format");
  if (control.value && isTooShort(control)) return t("field.too_short", { count: (control as HTMLInputElement).minLength });
  return t("field.missing");
}
