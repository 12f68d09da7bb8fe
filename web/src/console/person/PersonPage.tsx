import { useQuery } from "@tanstack/react-query";
import { getRouteApi, useNavigate } from "@tanstack/react-router";
import { useState } from "react";
import { Pencil } from "lucide-react";
import { UsersError } from "users-service-client";

import { may, useMe } from "../../shared/session.js";
import { Button } from "../../shared/ui/Button.js";
import { type Act, actsFor } from "../acts/acts.js";
import { ActDialog } from "../acts/ActDialog.js";
import { type Account, personQuery } from "../data/people.js";
import { Loaded } from "../parts/Loaded.js";
import { Page } from "../parts/Page.js";
import { State } from "../parts/State.js";
import { useWords } from "../words.js";
import { Devices } from "./Devices.js";
import { EditDialog } from "./EditDialog.js";
import { PersonTrail } from "./PersonTrail.js";
import { Profile } from "./Profile.js";

const route = getRouteApi("/console/people/$id");

/** One account: what it is, where it is signed in, what happened to it, and what can be done. */
export function PersonPage() {
  const { t } = useWords();
  const id = Number(route.useParams().id);
  const me = useMe();
  const query = useQuery({ ...personQuery(id), enabled: may(me, "users:read") });
  const isGone = query.error instanceof UsersError && query.error.code === "user_not_found";
  const above = ["/console/people", t("person.back")] as const;
  if (isGone) {
    return (
      <Page title={t("person.gone")} above={above}>
        <p className="quiet">{t("person.goneHint")}</p>
        {may(me, "audit:read") && <PersonTrail id={id} />}
      </Page>
    );
  }
  return (
    <Page key={id} title={query.data?.name ?? t("trail.person", { id: String(id) })} above={above}>
      <Loaded query={query} lines={10}>{(account) => <Person account={account} />}</Loaded>
    </Page>
  );
}

function Person({ account }: { account: Account }) {
  const { t } = useWords();
  const me = useMe();
  const navigate = useNavigate();
  const [asked, ask] = useState<Act | "edit">();
  const acts = actsFor(me.permissions).filter(({ fits }) => fits(account));
  const close = () => ask(undefined);

  return (
    <>
      <p className="under-title">
        <State account={account} />
        {account.id === me.user_id && <span className="badge">{t("person.you")}</span>}
      </p>
      <div className="columns">
        <div className="stack">
          <Profile account={account} />
          {may(me, "seances:read") && <Devices id={account.id} />}
          {may(me, "audit:read") && <PersonTrail id={account.id} />}
        </div>
        {(acts.length > 0 || may(me, "users:update")) && (
          <section className="acts no-print" aria-labelledby="acts">
            <h2 id="acts">{t("person.acts")}</h2>
            {may(me, "users:update") && <Button onClick={() => ask("edit")}><Pencil size={16} aria-hidden />{t("person.edit")}</Button>}
            {acts.map((act) => (
              <Button key={act.name} className={act.isDangerous ? "dangerous" : ""} onClick={() => ask(act)}>{t(`act.${act.name}`)}</Button>
            ))}
          </section>
        )}
      </div>
      {asked === "edit" && <EditDialog account={account} close={close} />}
      {asked !== undefined && asked !== "edit" && (
        <ActDialog
          act={asked}
          account={account}
          close={close}
          done={() => asked.name === "delete" && void navigate({ to: "/console/people" })}
        />
      )}
    </>
  );
}
