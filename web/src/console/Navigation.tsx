import { Link } from "@tanstack/react-router";
import { Gauge, KeyRound, ScrollText, Server, Users, Webhook } from "lucide-react";

import { useMe } from "../shared/session.js";
import { type Area, areasOf } from "./permissions.js";
import { useWords } from "./words.js";

const PLACES = {
  people: { to: "/console/people", Icon: Users },
  roles: { to: "/console/roles", Icon: KeyRound },
  backEnds: { to: "/console/back-ends", Icon: Server },
  webhooks: { to: "/console/webhooks", Icon: Webhook },
  trail: { to: "/console/trail", Icon: ScrollText },
} as const satisfies Record<Area, object>;

/** The areas that the caller's permissions open, and no others. */
export function Navigation() {
  const { t } = useWords();
  const areas = areasOf(useMe().permissions);
  if (areas.length === 0) return null;
  return (
    <nav className="areas no-print" aria-label={t("nav.label")}>
      <Link to="/console" activeOptions={{ exact: true }}>
        <Gauge size={18} aria-hidden />
        {t("nav.start")}
      </Link>
      {areas.map((area) => {
        const { to, Icon } = PLACES[area];
        return (
          <Link key={area} to={to} activeOptions={{ includeSearch: false }}>
            <Icon size={18} aria-hidden />
            {t(`nav.${area}`)}
          </Link>
        );
      })}
    </nav>
  );
}
