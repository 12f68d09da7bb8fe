import { useState } from "react";
import { Keyboard, LogOut, UserRound } from "lucide-react";

import { users } from "../shared/api.js";
import { useMe } from "../shared/session.js";
import { settings } from "../shared/settings.js";
import { Button } from "../shared/ui/Button.js";
import { LanguageSwitch } from "../shared/ui/LanguageSwitch.js";
import { useMessages } from "./parts/Messages.js";
import { useWords } from "./words.js";

/** Whose console this is, and the ways out of it. */
export function Header({ listKeys }: { listKeys(): void }) {
  const { t } = useWords();
  const me = useMe();
  const { refuse } = useMessages();
  const [isLeaving, leave] = useState(false);

  async function signOut() {
    leave(true);
    await users.logOut().catch(refuse);
    leave(false);
  }

  return (
    <header className="bar">
      {settings.logo && <img src={settings.logo} alt="" height={24} />}
      <strong>{settings.name}</strong>
      <span className="quiet wide">{t("nav.console")}</span>
      <div className="actions">
        <Button kind="link" className="wide" onClick={listKeys}>
          <Keyboard size={18} aria-hidden />
          {t("nav.keys")}
        </Button>
        <LanguageSwitch />
        <a className="button link" href="/account" title={me.name}>
          <UserRound size={18} aria-hidden />
          {t("nav.account")}
        </a>
        <Button kind="link" isBusy={isLeaving} onClick={() => void signOut()}>
          <LogOut size={18} aria-hidden />
          {t("ui.sign_out")}
        </Button>
      </div>
    </header>
  );
}
