import type { ReactNode } from "react";

import { Page } from "../Page.js";
import { Link } from "../router.js";
import { useWords } from "../words.js";

interface DoneProps {
  title: string;
  /** Where one goes on: the address and what that is called. */
  back: readonly [string, string];
  children: ReactNode;
}

/** In place of a page whose question is answered: what came of it. */
export function Done({ title, back, children }: DoneProps) {
  const { t } = useWords();
  return (
    <Page title={title} back={back} isAnswer>
      <p>{children}</p>
      <p><Link to={back[0]}>{t("nav.go_on")}</Link></p>
    </Page>
  );
}
