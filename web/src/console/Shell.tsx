import { type ErrorComponentProps, Outlet, useNavigate, useRouter } from "@tanstack/react-router";
import { useEffect, useState } from "react";

import { signInAt } from "../shared/leaving.js";
import { Refused } from "../shared/Refused.js";
import { may, useMe, watch } from "../shared/session.js";
import { Skeleton } from "../shared/ui/Skeleton.js";
import { Header } from "./Header.js";
import { Navigation } from "./Navigation.js";
import { Empty } from "./parts/Empty.js";
import { press } from "./parts/keys.js";
import { KeysDialog } from "./parts/KeysDialog.js";
import { Messages } from "./parts/Messages.js";
import { Page } from "./parts/Page.js";
import { useRoleTitle } from "./parts/roles.js";
import { areasOf } from "./permissions.js";
import { useWords } from "./words.js";

/** What is around each page of the console. */
export function Shell() {
  const { t } = useWords();
  const me = useMe();
  const navigate = useNavigate();
  const [isListing, list] = useState(false);
  const mayRead = may(me, "users:read");

  useEffect(() => watch(() => location.replace(signInAt(location.pathname + location.search))), []);

  useEffect(() => {
    const deeds = {
      list: () => list(true),
      search: () => {
        const search = document.querySelector<HTMLInputElement>("[data-search]");
        if (search) search.select();
        else if (mayRead) void navigate({ to: "/console/people", state: { atSearch: true } });
      },
    };
    const listen = (event: KeyboardEvent) => press(event, deeds);
    document.addEventListener("keydown", listen);
    return () => document.removeEventListener("keydown", listen);
  }, [navigate, mayRead]);

  return (
    <Messages>
      <a className="skip" href="#content">{t("nav.skip")}</a>
      <div className="console">
        <Header listKeys={() => list(true)} />
        <Navigation />
        <main id="content" tabIndex={-1}>{areasOf(me.permissions).length ? <Outlet /> : <Nothing />}</main>
      </div>
      {isListing && <KeysDialog close={() => list(false)} />}
    </Messages>
  );
}

function Nothing() {
  const { t } = useWords();
  const me = useMe();
  const titleOf = useRoleTitle();
  return (
    <Page title={t("none.title")}>
      <Empty title={t("none.title")} hint={t("none.body", { name: me.name, role: titleOf(me.role) })}>
        <a className="button" href="/account">{t("nav.account")}</a>
      </Empty>
    </Page>
  );
}

/** While it is not known who is there. */
export function Opening() {
  return (
    <main className="opening">
      <Skeleton lines={8} />
    </main>
  );
}

/** In place of everything, when it cannot be known who is there. */
export function Down({ error }: ErrorComponentProps) {
  const { t } = useWords();
  const router = useRouter();
  return (
    <main className="opening">
      <h1>{t("down.title")}</h1>
      <Refused error={error} retry={() => void router.invalidate()} />
    </main>
  );
}
