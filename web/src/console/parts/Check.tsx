import { type ReactNode, useId } from "react";

interface CheckProps {
  label: ReactNode;
  hint?: string;
  isChecked: boolean;
  change(isChecked: boolean): void;
  isOff?: boolean;
}

/** Something that is so or not. */
export function Check({ label, hint, isChecked, change, isOff = false }: CheckProps) {
  const id = useId();
  return (
    <div className="check">
      <input
        id={id}
        type="checkbox"
        checked={isChecked}
        disabled={isOff}
        aria-describedby={hint && `${id}-hint`}
        onChange={(event) => change(event.target.checked)}
      />
      <label htmlFor={id}>{label}</label>
      {hint && <div className="hint" id={`${id}-hint`}>{hint}</div>}
    </div>
  );
}
