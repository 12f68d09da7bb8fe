import type { ButtonHTMLAttributes } from "react";

interface ButtonProps extends ButtonHTMLAttributes<HTMLButtonElement> {
  /** `primary`: the one thing to do on a screen. `danger`: it takes something away. */
  kind?: "primary" | "plain" | "danger" | "link";
  /** While it works it keeps its place and the focus, and does nothing more. */
  isBusy?: boolean;
}

/** A button; its words are a verb. */
export function Button({ kind = "plain", isBusy = false, className = "", onClick, ...rest }: ButtonProps) {
  return (
    <button
      type="button"
      {...rest}
      className={`button ${kind} ${className}`}
      aria-disabled={isBusy || undefined}
      onClick={(event) => (isBusy ? event.preventDefault() : onClick?.(event))}
    />
  );
}
