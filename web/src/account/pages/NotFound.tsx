import { Page } from "../Page.js";
import { Link } from "../router.js";
import { useWords } from "../words.js";

export function NotFound() {
  const { t } = useWords();
  return (
    <Page title={t("not_found.title")} isAnswer>
      <p><Link to="/account">{t("nav.overview")}</Link></p>
    </Page>
  );
}
