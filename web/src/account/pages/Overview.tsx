import { users } from "../../shared/api.js";
import { useMe } from "../../shared/session.js";
import { Button } from "../../shared/ui/Button.js";
import { Page } from "../Page.js";
import { useWords } from "../words.js";

/** What there is to see and to do about one's account. */
export function Overview() {
  const { t } = useWords();
  const { name, email } = useMe();
  return (
    <Page title={t("overview.title")} isAnswer>
      <p>{name}<br /><span className="quiet">{email}</span></p>
      <Button onClick={() => void users.logOut()}>{t("ui.sign_out")}</Button>
    </Page>
  );
}
