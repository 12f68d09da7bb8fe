import { type InputHTMLAttributes, useEffect, useId, useState } from "react";

interface FilterFieldProps extends Pick<InputHTMLAttributes<HTMLInputElement>, "type" | "inputMode" | "pattern"> {
  label: string;
  value: string;
  change(value: string): void;
}

const PAUSE_MS = 400;

/** A filter that is typed; it counts once it is whole and the typing has paused. */
export function FilterField({ label, value, change, ...rest }: FilterFieldProps) {
  const id = useId();
  const [typed, type] = useState<string>();
  useEffect(() => type(undefined), [value]);
  useEffect(() => {
    if (typed === undefined || typed === value) return;
    const timer = setTimeout(() => change(typed), PAUSE_MS);
    return () => clearTimeout(timer);
  });
  const [shown, show] = useState(value);
  useEffect(() => show(value), [value]);
  return (
    <div className="filter">
      <label htmlFor={id}>{label}</label>
      <input
        type="text"
        {...rest}
        id={id}
        value={shown}
        autoComplete="off"
        onChange={({ target }) => {
          show(target.value);
          type(target.validity.valid ? target.value : undefined);
        }}
      />
    </div>
  );
}
