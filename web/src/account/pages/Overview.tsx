import { ChevronRight, Download, LayoutDashboard, type LucideIcon, MonitorSmartphone, ShieldCheck, UserRound } from "lucide-react";

import { mayOpenConsole, useMe } from "../../shared/session.js";
import { Banner } from "../../shared/ui/Banner.js";
import { Page } from "../Page.js";
import { SignOut } from "../parts/SignOut.js";
import { Link } from "../router.js";
import { useWords } from "../words.js";

const AREAS: readonly (readonly ["devices" | "security" | "profile" | "data", LucideIcon])[] = [
  ["devices", MonitorSmartphone],
  ["security", ShieldCheck],
  ["profile", UserRound],
  ["data", Download],
];

/** What there is to see and to do about one's account. */
export function Overview() {
  const { t } = useWords();
  const person = useMe();
  const { name, email, email_confirmed } = person;
  return (
    <Page title={t("overview.title")} isAnswer>
      <p><strong>{name}</strong><br /><span className="quiet">{email}</span></p>
      {!email_confirmed && <Banner kind="notice">{t("overview.unconfirmed")}</Banner>}
      <nav>
        <ul className="rows">
          {AREAS.map(([area, Icon]) => (
            <li key={area}>
              <Link className="row" to={`/account/${area}`}>
                <Icon size={20} aria-hidden />
                <span>{t(`overview.${area}`)}<small>{t(`overview.${area}_lead`)}</small></span>
                <ChevronRight size={18} aria-hidden />
              </Link>
            </li>
          ))}
          {mayOpenConsole(person) && (
            <li>
              <a className="row" href="/console">
                <LayoutDashboard size={20} aria-hidden />
                <span>{t("overview.console")}<small>{t("overview.console_lead")}</small></span>
                <ChevronRight size={18} aria-hidden />
              </a>
            </li>
          )}
        </ul>
      </nav>
      <SignOut />
    </Page>
  );
}
