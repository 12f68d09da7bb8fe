import type { ReactNode } from "react";

interface EmptyProps {
  title: string;
  hint: string;
  children?: ReactNode;
}

/** What would be here, and how to begin. */
export function Empty({ title, hint, children }: EmptyProps) {
  return (
    <div className="empty">
      <p><strong>{title}</strong></p>
      <p className="quiet">{hint}</p>
      {children && <div className="actions">{children}</div>}
    </div>
  );
}
