import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { type components, unwrap } from "users-service-client";

import { api, queries } from "../../shared/api.js";
import { canUsePasskeys } from "../../shared/passkeys.js";
import { passkeysQuery } from "../../shared/Proof.js";
import { Refused } from "../../shared/Refused.js";
import { Button } from "../../shared/ui/Button.js";
import { TextField } from "../../shared/ui/Field.js";
import { Link } from "../router.js";
import { useWords } from "../words.js";
import { Question } from "./Question.js";

type Passkey = components["schemas"]["PasskeyView"];

interface PasskeysProps {
  /** Whether there is no other second factor besides these. */
  isLast: boolean;
  say(done: string): void;
}

/** The passkeys of the account: each can be renamed and removed. */
export function Passkeys({ isLast, say }: PasskeysProps) {
  const { t } = useWords();
  const { data = [], error, refetch } = useQuery(passkeysQuery);
  return (
    <section>
      <h2>{t("security.passkeys")}</h2>
      <p>{t("security.passkeys_lead")}</p>
      {error && <Refused error={error} retry={() => void refetch()} />}
      {data.length > 0 && (
        <ul className="rows">
          {data.map((passkey) => <Row key={passkey.id} passkey={passkey} isLast={isLast && data.length === 1} say={say} />)}
        </ul>
      )}
      {canUsePasskeys() ? (
        <Link className="button plain" to="/account/passkey">{t("security.passkey_add")}</Link>
      ) : (
        <p className="quiet">{t("security.passkeys_unable")}</p>
      )}
    </section>
  );
}

function Row({ passkey, isLast, say }: PasskeysProps & { passkey: Passkey }) {
  const { t, ago } = useWords();
  const [asking, ask] = useState<"rename" | "remove">();
  const { id: passkey_id, label, created_at, last_used_at, backed_up } = passkey;
  const at = { params: { path: { passkey_id } } };
  const close = () => ask(undefined);

  async function finish(done: string) {
    close();
    await queries.invalidateQueries();
    say(done);
  }
  async function rename(label: string) {
    unwrap(await api.PATCH("/api/v1/private/users/passkeys/{passkey_id}", { ...at, body: { label } }));
    await finish(t("security.passkey_renamed", { label }));
  }
  async function remove() {
    unwrap(await api.DELETE("/api/v1/private/users/passkeys/{passkey_id}", at));
    await finish(t("security.passkey_removed", { label }));
  }

  return (
    <li className="item">
      <div>
        <h3>{label}</h3>
        <p className="quiet">
          {t("security.passkey_created", { ago: ago(created_at) })}
          {" · "}
          {last_used_at ? t("security.passkey_used", { ago: ago(last_used_at) }) : t("security.passkey_unused")}
          {backed_up && ` · ${t("security.passkey_backed_up")}`}
        </p>
      </div>
      <div className="actions">
        <Button aria-label={t("security.passkey_rename_named", { label })} onClick={() => ask("rename")}>{t("security.passkey_rename")}</Button>
        <Button aria-label={t("security.passkey_remove_named", { label })} onClick={() => ask("remove")}>{t("security.passkey_remove")}</Button>
      </div>
      {asking === "rename" && (
        <Question
          kind="primary"
          title={t("security.passkey_rename_named", { label })}
          verb={t("security.save")}
          close={close}
          act={({ label = "" }) => rename(label)}
        >
          <TextField name="label" label={t("security.label")} defaultValue={label} maxLength={100} autoComplete="off" autoFocus required />
        </Question>
      )}
      {asking === "remove" && (
        <Question title={t("security.passkey_remove_title", { label })} verb={t("security.passkey_remove")} close={close} act={remove}>
          <p>{t(isLast ? "security.last_factor" : "security.passkey_remove_lead")}</p>
        </Question>
      )}
    </li>
  );
}
