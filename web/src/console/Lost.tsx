import { Link } from "@tanstack/react-router";

import { Empty } from "./parts/Empty.js";
import { Page } from "./parts/Page.js";
import { useWords } from "./words.js";

/** In place of a page that is not there. */
export function Lost() {
  const { t } = useWords();
  return (
    <Page title={t("lost.title")}>
      <Empty title={t("lost.title")} hint={t("lost.body")}>
        <Link className="button" to="/console">{t("nav.start")}</Link>
      </Empty>
    </Page>
  );
}
