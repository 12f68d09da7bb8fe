import { useId } from "react";

interface ChoiceProps {
  label: string;
  value: string;
  change(value: string): void;
  choices: readonly { value: string; label: string }[];
  isOff?: boolean;
}

/** A filter with a few values. */
export function Choice({ label, value, change, choices, isOff = false }: ChoiceProps) {
  const id = useId();
  return (
    <div className="filter">
      <label htmlFor={id}>{label}</label>
      <select id={id} value={value} disabled={isOff} onChange={(event) => change(event.target.value)}>
        {choices.map((choice) => <option key={choice.value} value={choice.value}>{choice.label}</option>)}
      </select>
    </div>
  );
}
