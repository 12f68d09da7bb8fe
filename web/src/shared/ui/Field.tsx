import {
  type InputHTMLAttributes,
  type ReactNode,
  type SelectHTMLAttributes,
  type TextareaHTMLAttributes,
  useContext,
  useId,
  useState,
} from "react";
import { Eye, EyeOff } from "lucide-react";

import { useShared } from "../words.js";
import { FormContext } from "./formContext.js";

interface Described {
  name: string;
  label: string;
  /** What one has to know to fill it in. */
  hint?: ReactNode;
}

/** Ties label, hint and error to the control, so that they are read out with it. */
function useParts({ name, hint }: Pick<Described, "name" | "hint">) {
  const id = useId();
  const { faults, draft } = useContext(FormContext);
  // what is wrong with one of several in a field is said of the field
  const fault = Object.entries(faults).find(([field]) => field === name || field.startsWith(`${name}.`))?.[1];
  const described = [fault && `${id}-fault`, hint && `${id}-hint`].filter(Boolean).join(" ");
  const control = { id, name, "aria-invalid": fault ? true : undefined, "aria-describedby": described || undefined } as const;
  return { id, fault, draft: draft(name), control };
}

interface FrameProps extends Omit<Described, "name"> {
  id: string;
  fault: string | undefined;
  children: ReactNode;
}

function Frame({ id, label, hint, fault, children }: FrameProps) {
  return (
    <div className="field">
      <label htmlFor={id}>{label}</label>
      {hint && <div className="hint" id={`${id}-hint`}>{hint}</div>}
      {fault && <div className="fault" id={`${id}-fault`}>{fault}</div>}
      {children}
    </div>
  );
}

type TextFieldProps = Described & Omit<InputHTMLAttributes<HTMLInputElement>, "name" | "id">;

/** A line of text under its label, with what is wrong with it. */
export function TextField({ name, label, hint, defaultValue, ...rest }: TextFieldProps) {
  const { id, fault, draft, control } = useParts({ name, hint });
  return (
    <Frame {...{ id, label, hint, fault }}>
      <input type="text" defaultValue={draft ?? defaultValue} {...rest} {...control} />
    </Frame>
  );
}

/** A password, which can be looked at. */
export function PasswordField({ name, label, hint, ...rest }: TextFieldProps) {
  const { t } = useShared();
  const { id, fault, control } = useParts({ name, hint });
  const [isShown, show] = useState(false);
  const Icon = isShown ? EyeOff : Eye;
  return (
    <Frame {...{ id, label, hint, fault }}>
      <div className="with-button">
        <input autoCapitalize="none" spellCheck={false} {...rest} {...control} type={isShown ? "text" : "password"} />
        <button type="button" className="inside" aria-controls={id} onClick={() => show(!isShown)}>
          <Icon size={18} aria-hidden />
          {t(isShown ? "ui.hide_password" : "ui.show_password")}
        </button>
      </div>
    </Frame>
  );
}

type SelectFieldProps = Described & Omit<SelectHTMLAttributes<HTMLSelectElement>, "name" | "id">;

/** One of a few choices; the children are its `<option>`s. */
export function SelectField({ name, label, hint, defaultValue, ...rest }: SelectFieldProps) {
  const { id, fault, draft, control } = useParts({ name, hint });
  return (
    <Frame {...{ id, label, hint, fault }}>
      <select defaultValue={draft ?? defaultValue} {...rest} {...control} />
    </Frame>
  );
}

type AreaFieldProps = Described & Omit<TextareaHTMLAttributes<HTMLTextAreaElement>, "name" | "id">;

/** Several lines of text under their label. */
export function AreaField({ name, label, hint, defaultValue, ...rest }: AreaFieldProps) {
  const { id, fault, draft, control } = useParts({ name, hint });
  return (
    <Frame {...{ id, label, hint, fault }}>
      <textarea defaultValue={draft ?? defaultValue} {...rest} {...control} />
    </Frame>
  );
}
