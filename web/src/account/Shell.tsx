import { Outlet, useRouter } from "@tanstack/react-router";
import { useEffect } from "react";

import { watch } from "../shared/session.js";
import { settings } from "../shared/settings.js";
import { LanguageSwitch } from "../shared/ui/LanguageSwitch.js";
import { useWords } from "./words.js";

/** What is around each page: whose it is, the language, terms and privacy. */
export function Shell() {
  const { t } = useWords();
  const router = useRouter();
  // whose session has ended elsewhere signs in again and comes back to where they were
  useEffect(() => watch(() => void router.invalidate()), [router]);
  return (
    <div className="column">
      <header>
        {settings.logo ? <img src={settings.logo} alt={settings.name} height={32} /> : <strong>{settings.name}</strong>}
        <LanguageSwitch />
      </header>
      <main>
        <Outlet />
      </main>
      <footer>
        {settings.terms && <a href={settings.terms}>{t("ui.terms")}</a>}
        {settings.privacy && <a href={settings.privacy}>{t("ui.privacy")}</a>}
      </footer>
    </div>
  );
}
