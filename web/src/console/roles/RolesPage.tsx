import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { Fragment, useState } from "react";
import { Plus } from "lucide-react";

import { may, useMe } from "../../shared/session.js";
import { Button } from "../../shared/ui/Button.js";
import { useRefresh } from "../acts/useRefresh.js";
import { deleteRole, type Role, rolesQuery } from "../data/roles.js";
import { ConfirmDialog } from "../parts/ConfirmDialog.js";
import { Loaded } from "../parts/Loaded.js";
import { useMessages } from "../parts/Messages.js";
import { Page } from "../parts/Page.js";
import { permitsAll } from "../permissions.js";
import { useWords } from "../words.js";
import { RoleDialog } from "./RoleDialog.js";

type Asked = { act: "make" } | { act: "edit" | "delete"; role: Role };

/** Which roles there are, and what each permits. */
export function RolesPage() {
  const { t } = useWords();
  const me = useMe();
  const { say } = useMessages();
  const refresh = useRefresh();
  const query = useQuery(rolesQuery);
  const [asked, ask] = useState<Asked>();
  const close = () => ask(undefined);

  async function remove(name: string) {
    await deleteRole(name);
    say(t("roles.deleted", { name }));
    close();
    await refresh();
  }

  return (
    <Page
      title={t("roles.title")}
      actions={may(me, "roles:write") && <Button kind="primary" onClick={() => ask({ act: "make" })}><Plus size={18} aria-hidden />{t("roles.add")}</Button>}
    >
      <Loaded query={query} lines={6}>{(roles) => <RoleTable roles={roles} ask={ask} />}</Loaded>
      {asked?.act === "make" && <RoleDialog close={close} />}
      {asked?.act === "edit" && <RoleDialog role={asked.role} close={close} />}
      {asked?.act === "delete" && (
        <ConfirmDialog
          title={t("roles.deleteTitle", { name: asked.role.name })}
          will={t("roles.deleteWill", { name: asked.role.name })}
          button={t("roles.delete", { name: asked.role.name })}
          perform={() => remove(asked.role.name)}
          close={close}
        />
      )}
    </Page>
  );
}

function RoleTable({ roles, ask }: { roles: readonly Role[]; ask(asked: Asked): void }) {
  const { t, code } = useWords();
  const me = useMe();
  const mayWrite = may(me, "roles:write");
  return (
    <table>
      <caption className="unseen">{t("roles.title")}</caption>
      <thead>
        <tr>
          <th>{t("roles.label")}</th>
          <th>{t("roles.name")}</th>
          <th>{t("roles.kind")}</th>
          <th>{t("roles.permissions")}</th>
          <th>{t("person.factors")}</th>
          <th><span className="unseen">{t("person.acts")}</span></th>
        </tr>
      </thead>
      <tbody>
        {roles.map((role) => (
          <tr key={role.name}>
            <td>
              {may(me, "users:read") ? <Link to="/console/people" search={{ role: role.name }} data-row>{role.title[code]}</Link> : role.title[code]}
            </td>
            <td><code>{role.name}</code> {role.builtin && <span className="badge">{t("roles.builtin")}</span>}</td>
            <td>{t(role.back_end ? "roles.forBackEnds" : "roles.forPeople")}</td>
            <td className="wrapping">{role.permissions.map((permission) => <Fragment key={permission}><code className="badge">{permission}</code> </Fragment>)}</td>
            <td>{role.second_factor && t("roles.secondFactor")}</td>
            <td className="row-acts">
              {mayWrite && permitsAll(me.permissions, role.permissions) && (
                <>
                  <Button kind="link" aria-label={t("roles.edit", { name: role.name })} onClick={() => ask({ act: "edit", role })}>{t("person.edit")}</Button>
                  {!role.builtin && <Button kind="link" aria-label={t("roles.delete", { name: role.name })} onClick={() => ask({ act: "delete", role })}>{t("act.delete")}</Button>}
                </>
              )}
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
