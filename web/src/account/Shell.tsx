import { useEffect, useRef } from "react";

import { signInAt } from "../shared/leaving.js";
import { Refused } from "../shared/Refused.js";
import { watch } from "../shared/session.js";
import { settings } from "../shared/settings.js";
import { Banner } from "../shared/ui/Banner.js";
import { LanguageSwitch } from "../shared/ui/LanguageSwitch.js";
import { Skeleton } from "../shared/ui/Skeleton.js";
import * as carried from "./carried.js";
import { Own } from "./Own.js";
import { navigate, useAddress, usePage } from "./router.js";
import { NOT_FOUND, ROUTES } from "./routes.js";
import { useWords } from "./words.js";

/** What is around each page: whose it is, the language, terms and privacy. */
export function Shell() {
  const { t } = useWords();
  useCarried();
  return (
    <div className="column">
      <header>
        {settings.logo ? <img src={settings.logo} alt={settings.name} height={32} /> : <strong>{settings.name}</strong>}
        <LanguageSwitch />
      </header>
      <main>
        <Current />
      </main>
      <footer>
        {settings.terms && <a href={settings.terms}>{t("ui.terms")}</a>}
        {settings.privacy && <a href={settings.privacy}>{t("ui.privacy")}</a>}
      </footer>
    </div>
  );
}

function Current() {
  const { path, notice } = useAddress();
  const { t } = useWords();
  const wanted = ROUTES[path] ?? NOT_FOUND;
  const { route, Page, error, isOnItsWay } = usePage(wanted);
  useWatch(wanted.isOwn);

  // what an update of the service has replaced is there again once the page is loaded anew
  if (error !== undefined) return <Refused error={error} retry={() => location.reload()} />;
  if (!Page) return <Skeleton lines={4} />;
  return (
    <>
      {notice && !isOnItsWay && <Banner kind={notice === "signed_out" ? "notice" : "done"}>{t(`notice.${notice}`)}</Banner>}
      {route.isOwn ? <Own><Page /></Own> : <Page />}
    </>
  );
}

/** Open what a link of a mail carries also where these pages are open already. */
function useCarried() {
  useEffect(() => {
    const open = () => carried.take() && navigate(location.pathname, { replace: true });
    addEventListener("hashchange", open);
    return () => removeEventListener("hashchange", open);
  }, []);
}

/** Whoever is signed out while they look at a page of their own signs in again and comes back to it. */
function useWatch(isOwn: boolean) {
  const looksAtOwn = useRef(isOwn);
  useEffect(() => void (looksAtOwn.current = isOwn));
  useEffect(
    () =>
      watch(() => {
        if (looksAtOwn.current) navigate(signInAt(location.pathname + location.search), { replace: true, notice: "signed_out" });
      }),
    [],
  );
}
