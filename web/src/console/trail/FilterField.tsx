import { type InputHTMLAttributes, useEffect, useId, useRef, useState } from "react";

interface FilterFieldProps extends Pick<InputHTMLAttributes<HTMLInputElement>, "type" | "inputMode" | "pattern"> {
  label: string;
  value: string;
  change(value: string): void;
}

const PAUSE_MS = 400;

/** A filter that is typed; it counts once it is whole and the typing has paused. */
export function FilterField({ label, value, change, ...rest }: FilterFieldProps) {
  const id = useId();
  const field = useRef<HTMLInputElement>(null);
  const [typed, type] = useState(value);
  useEffect(() => type(value), [value]);
  useEffect(() => {
    if (typed === value || !field.current?.validity.valid) return;
    const timer = setTimeout(() => change(typed), PAUSE_MS);
    return () => clearTimeout(timer);
  });
  return (
    <div className="filter">
      <label htmlFor={id}>{label}</label>
      <input
        type="text"
        {...rest}
        ref={field}
        id={id}
        value={typed}
        autoComplete="off"
        onChange={({ target }) => type(target.value)}
      />
    </div>
  );
}
