import { Page } from "../Page.js";
import { Link } from "../router.js";
import { useWords } from "../words.js";

/** In place of a page that a mailed link opens, where there is no token any more: it is kept nowhere. */
export function LinkGone({ to }: { to?: string }) {
  const { t } = useWords();
  return (
    <Page title={t("link.gone_title")} isAnswer>
      <p>{t("link.gone")}</p>
      <div className="others">
        {to && <Link to={to}>{t("new_password.ask_again")}</Link>}
        <Link to="/account/sign-in">{t("nav.sign_in")}</Link>
      </div>
    </Page>
  );
}
