import { type FormEvent, type InputHTMLAttributes, useState } from "react";
import { UsersError } from "users-service-client";

interface Field extends InputHTMLAttributes<HTMLInputElement> {
  name: string;
  label: string;
}

interface Props {
  title: string;
  text?: string;
  fields: Field[];
  button: string;
  submit: (values: Record<string, string>) => Promise<unknown>;
}

/** Fields and a button; what the service refuses is said below them. */
export function Form({ title, text, fields, button, submit }: Props) {
  const [faults, setFaults] = useState<string[]>([]);
  const [busy, setBusy] = useState(false);

  async function onSubmit(event: FormEvent<HTMLFormElement>) {
    event.preventDefault();
    const values = Object.fromEntries(new FormData(event.currentTarget)) as Record<string, string>;
    setBusy(true);
    setFaults(await submit(values).then(() => [], (error) => inWords(error, fields)));
    setBusy(false);
  }

  return (
    <form onSubmit={onSubmit}>
      <h1>{title}</h1>
      {text && <p>{text}</p>}
      {fields.map(({ label, ...field }) => (
        <label key={field.name}>
          {label}
          <input required {...field} />
        </label>
      ))}
      <div role="alert">{faults.map((fault) => <p key={fault}>{fault}</p>)}</div>
      <button disabled={busy}>{button}</button>
    </form>
  );
}

/** Say to a person what went wrong. */
export function inWords(error: unknown, fields: Field[] = []): string[] {
  const labelOf = (name: string) => fields.find((field) => field.name === name)?.label ?? name;
  if (!(error instanceof UsersError)) return ["The service cannot be reached. Try again."];
  if (error.code === "validation_failed") return error.details.map(({ field, message }) => `${labelOf(field)}: ${message}`);
  if (error.retryAfterSeconds) return [`${error.message} (in ${error.retryAfterSeconds} s).`];
  return [error.message];
}
