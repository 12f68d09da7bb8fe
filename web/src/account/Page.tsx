import { type ReactNode, useEffect, useRef } from "react";

import { settings } from "../shared/settings.js";

interface PageProps {
  title: string;
  /** Have the title take the focus, where no field does: what was asked for is then read out. */
  isAnswer?: boolean;
  children: ReactNode;
}

/** One question, or one answer. */
export function Page({ title, isAnswer = false, children }: PageProps) {
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => void (document.title = `${title} · ${settings.name}`), [title]);
  useEffect(() => void (isAnswer && heading.current?.focus()), [isAnswer]);
  return (
    <div className="page">
      <h1 ref={heading} tabIndex={-1}>{title}</h1>
      {children}
    </div>
  );
}
