import { type ReactNode, useEffect, useRef } from "react";
import { ChevronLeft } from "lucide-react";

import { settings } from "../shared/settings.js";
import { Link } from "./router.js";

interface PageProps {
  title: string;
  /** Have the title take the focus, where no field does: what was asked for is then read out. */
  isAnswer?: boolean;
  /** Where the page is a part of another: the address and what that is called. */
  back?: readonly [string, string];
  children: ReactNode;
}

/** One question, or one answer. */
export function Page({ title, isAnswer = false, back, children }: PageProps) {
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => void (document.title = `${title} · ${settings.name}`), [title]);
  useEffect(() => void (isAnswer && heading.current?.focus()), [isAnswer]);
  return (
    <div className="page">
      {back && (
        <Link className="back" to={back[0]}>
          <ChevronLeft size={18} aria-hidden />
          {back[1]}
        </Link>
      )}
      <h1 ref={heading} tabIndex={-1}>{title}</h1>
      {children}
    </div>
  );
}
