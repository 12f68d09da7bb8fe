import { Link } from "@tanstack/react-router";
import { type ReactNode, useEffect, useRef } from "react";
import { ArrowLeft } from "lucide-react";

import { settings } from "../../shared/settings.js";
import { useWords } from "../words.js";

interface PageProps {
  title: string;
  /** Where this page hangs: the address and what that is called. */
  above?: readonly ["/console/people" | "/console/webhooks", string];
  /** Buttons beside the title. */
  actions?: ReactNode;
  children: ReactNode;
}

// where a browser puts the focus on the first page is right
let isFirst = true;

/** A page of the console; who comes from another one is at its title. */
export function Page({ title, above, actions, children }: PageProps) {
  const { t } = useWords();
  const heading = useRef<HTMLHeadingElement>(null);

  useEffect(() => {
    // who came to search is in the search by now
    const isSearching = document.activeElement?.matches("[data-search]");
    if (!isFirst && !isSearching) heading.current?.focus({ preventScroll: true });
    isFirst = false;
  }, []);

  const said = `${title} – ${t("nav.console")} – ${settings.name}`;
  useEffect(() => {
    document.title = said;
  }, [said]);

  return (
    <>
      {above && (
        <Link className="above" to={above[0]}>
          <ArrowLeft size={16} aria-hidden />
          {above[1]}
        </Link>
      )}
      <div className="page-head">
        <h1 ref={heading} tabIndex={-1}>{title}</h1>
        {actions && <div className="actions no-print">{actions}</div>}
      </div>
      {children}
    </>
  );
}
