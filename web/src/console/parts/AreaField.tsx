import { type TextareaHTMLAttributes, useContext, useId } from "react";

import { FormContext } from "../../shared/ui/formContext.js";

interface AreaFieldProps extends TextareaHTMLAttributes<HTMLTextAreaElement> {
  name: string;
  label: string;
  hint: string;
}

/** Several lines of text under their label. */
export function AreaField({ name, label, hint, ...rest }: AreaFieldProps) {
  const id = useId();
  const { faults } = useContext(FormContext);
  const fault = Object.entries(faults).find(([field]) => field === name || field.startsWith(`${name}.`))?.[1];
  return (
    <div className="field">
      <label htmlFor={id}>{label}</label>
      <div className="hint" id={`${id}-hint`}>{hint}</div>
      {fault && <div className="fault" id={`${id}-fault`}>{fault}</div>}
      <textarea {...rest} id={id} name={name} aria-invalid={fault ? true : undefined} aria-describedby={fault ? `${id}-fault ${id}-hint` : `${id}-hint`} />
    </div>
  );
}
