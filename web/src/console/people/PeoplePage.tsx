import { useQuery } from "@tanstack/react-query";
import { getRouteApi, Link } from "@tanstack/react-router";
import { useState } from "react";
import { Download, Upload, UserPlus } from "lucide-react";

import { may, useMe } from "../../shared/session.js";
import { Button } from "../../shared/ui/Button.js";
import { type Account, peopleQuery } from "../data/people.js";
import { Empty } from "../parts/Empty.js";
import { Page } from "../parts/Page.js";
import { Paged } from "../parts/Paged.js";
import { readPeopleSearch } from "../searches.js";
import { useWords } from "../words.js";
import { ExportDialog } from "./ExportDialog.js";
import { Filters } from "./Filters.js";
import { InviteDialog } from "./InviteDialog.js";
import { PeopleTable } from "./PeopleTable.js";
import { Picked } from "./Picked.js";

const route = getRouteApi("/console/people");

/** Everybody who has an account: found, looked through, picked. */
export function PeoplePage() {
  const { t } = useWords();
  const me = useMe();
  const [open, setOpen] = useState<"invite" | "export">();
  const mayRead = may(me, "users:read");
  const mayCreate = may(me, "users:create");

  const actions = (
    <>
      {mayRead && <Button onClick={() => setOpen("export")}><Download size={18} aria-hidden />{t("people.export")}</Button>}
      {mayCreate && mayRead && <Link className="button" to="/console/people/import"><Upload size={18} aria-hidden />{t("people.import")}</Link>}
      {mayCreate && <Button kind="primary" onClick={() => setOpen("invite")}><UserPlus size={18} aria-hidden />{t("people.add")}</Button>}
    </>
  );
  return (
    <Page title={t("people.title")} actions={actions}>
      {mayRead ? <People invite={() => setOpen("invite")} /> : <p>{t("people.noRead")}</p>}
      {open === "invite" && <InviteDialog close={() => setOpen(undefined)} />}
      {open === "export" && <ExportDialog close={() => setOpen(undefined)} />}
    </Page>
  );
}

function People({ invite }: { invite(): void }) {
  const { t } = useWords();
  const me = useMe();
  const { cursor, ...wanted } = readPeopleSearch(route.useSearch());
  const navigate = route.useNavigate();
  const [picked, pick] = useState<ReadonlyMap<number, Account>>(new Map());
  const query = useQuery(peopleQuery(wanted, cursor));
  const isFiltered = wanted.search !== undefined || wanted.role !== undefined || wanted.status !== undefined;
  const clear = () => void navigate({ search: {} });

  return (
    <>
      <Filters wanted={wanted} change={(next) => void navigate({ search: next, replace: true })} />
      <Paged query={query} cursor={cursor} toFirst={() => void navigate({ search: wanted, replace: true })}>
        {({ users, cursor: next }) =>
          users.length > 0 ? (
            <PeopleTable people={users} picked={picked} pick={pick} />
          ) : isFiltered || cursor !== undefined || next !== undefined ? (
            <Empty title={t("people.none")} hint={t("people.noneHint")}>
              <Button onClick={clear}>{t("people.clear")}</Button>
            </Empty>
          ) : (
            <Empty title={t("people.empty")} hint={t("people.emptyHint")}>
              {may(me, "users:create") && <Button kind="primary" onClick={invite}>{t("people.add")}</Button>}
            </Empty>
          )
        }
      </Paged>
      <Picked picked={picked} pick={pick} />
    </>
  );
}
