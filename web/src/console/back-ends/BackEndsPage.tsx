import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useState } from "react";
import { KeyRound } from "lucide-react";

import { may, useMe } from "../../shared/session.js";
import { Button } from "../../shared/ui/Button.js";
import { useRefresh } from "../acts/useRefresh.js";
import { backEndsQuery } from "../data/back-ends.js";
import { type Account, endSessions } from "../data/people.js";
import { SERVICE_ROLE } from "../data/roles.js";
import { ConfirmDialog } from "../parts/ConfirmDialog.js";
import { Empty } from "../parts/Empty.js";
import { Loaded } from "../parts/Loaded.js";
import { useMessages } from "../parts/Messages.js";
import { Page } from "../parts/Page.js";
import { useRoles, useRoleTitle } from "../parts/roles.js";
import { State } from "../parts/State.js";
import { useWords } from "../words.js";
import { IssueDialog } from "./IssueDialog.js";
import { Tokens } from "./Tokens.js";

type Asked = { act: "issue"; to?: Account } | { act: "end"; to: Account };

/** Programs that call the service, and their tokens. */
export function BackEndsPage() {
  const { t } = useWords();
  const me = useMe();
  const { say } = useMessages();
  const refresh = useRefresh();
  const [asked, ask] = useState<Asked>();
  const close = () => ask(undefined);

  async function end({ id, name }: Account) {
    await endSessions(id);
    say(t("backEnds.ended", { name }));
    close();
    await refresh();
  }

  return (
    <Page
      title={t("backEnds.title")}
      actions={<Button kind="primary" onClick={() => ask({ act: "issue" })}><KeyRound size={18} aria-hidden />{t("backEnds.issue")}</Button>}
    >
      {may(me, "users:read") ? <BackEnds ask={ask} /> : <p>{t("backEnds.noList")}</p>}
      {asked?.act === "issue" && <IssueDialog {...(asked.to && { backEnd: asked.to })} close={close} />}
      {asked?.act === "end" && (
        <ConfirmDialog
          title={t("backEnds.endTitle", { name: asked.to.name })}
          will={t("backEnds.endWill", { name: asked.to.name })}
          button={t("backEnds.end", { name: asked.to.name })}
          perform={() => end(asked.to)}
          close={close}
        />
      )}
    </Page>
  );
}

function BackEnds({ ask }: { ask(asked: Asked): void }) {
  const { t } = useWords();
  const me = useMe();
  const titleOf = useRoleTitle();
  const roles = useRoles();
  const names = roles.data?.filter((role) => role.back_end).map(({ name }) => name) ?? [SERVICE_ROLE];
  const query = useQuery({ ...backEndsQuery(names), enabled: !roles.isLoading });

  return (
    <Loaded query={query} lines={4}>
      {(backEnds) =>
        backEnds.length === 0 ? (
          <Empty title={t("backEnds.empty")} hint={t("backEnds.emptyHint")} />
        ) : (
          <table>
            <caption className="unseen">{t("backEnds.title")}</caption>
            <thead>
              <tr>
                <th>{t("people.name")}</th>
                <th>{t("people.email")}</th>
                <th>{t("people.role")}</th>
                <th>{t("people.status")}</th>
                {may(me, "seances:read") && <th>{t("backEnds.tokens")}</th>}
                <th><span className="unseen">{t("person.acts")}</span></th>
              </tr>
            </thead>
            <tbody>
              {backEnds.map((backEnd) => (
                <tr key={backEnd.id}>
                  <td><Link to="/console/people/$id" params={{ id: String(backEnd.id) }} data-row>{backEnd.name}</Link></td>
                  <td>{backEnd.email}</td>
                  <td>{titleOf(backEnd.role)}</td>
                  <td><State account={backEnd} /></td>
                  {may(me, "seances:read") && <td data-label={t("backEnds.tokens")}><Tokens id={backEnd.id} /></td>}
                  <td className="row-acts">
                    <Button kind="link" aria-label={t("backEnds.issueFor", { name: backEnd.name })} onClick={() => ask({ act: "issue", to: backEnd })}>{t("backEnds.issue")}</Button>
                    {may(me, "seances:end") && (
                      <Button kind="link" aria-label={t("backEnds.end", { name: backEnd.name })} onClick={() => ask({ act: "end", to: backEnd })}>{t("backEnds.endShort")}</Button>
                    )}
                  </td>
                </tr>
              ))}
            </tbody>
          </table>
        )
      }
    </Loaded>
  );
}
