import { useState } from "react";
import { unwrap } from "users-service-client";

import { api, queries } from "../../shared/api.js";
import { type Code, LANGUAGES, unchoose } from "../../shared/i18n.js";
import { me, useMe } from "../../shared/session.js";
import { settings } from "../../shared/settings.js";
import { Banner } from "../../shared/ui/Banner.js";
import { SelectField, TextField } from "../../shared/ui/Field.js";
import { Form, type Typed } from "../../shared/ui/Form.js";
import { Page } from "../Page.js";
import { useOwnData } from "../parts/ownData.js";
import { Link } from "../router.js";
import { useWords } from "../words.js";

/** Name and language, and the way to another address. */
export function Profile() {
  const { t, date, follow } = useWords();
  const { name, email, language } = useMe();
  const { data } = useOwnData();
  const [isSaved, setSaved] = useState(false);
  const pending = data?.account.pending_email;

  async function save(typed: Typed) {
    setSaved(false);
    const body = { name: typed.name ?? "", language: typed.language as Code };
    queries.setQueryData(me.queryKey, unwrap(await api.PATCH("/api/v1/private/users/any", { body })));
    unchoose();
    follow(body.language);
    setSaved(true);
  }

  return (
    <Page title={t("profile.title")} back={["/account", t("nav.overview")]} isAnswer>
      <div role="status">{isSaved && <Banner kind="done">{t("profile.saved")}</Banner>}</div>
      {settings.own_profile ? (
        <Form draft="profile" submit={save} button={t("profile.button")}>
          <TextField name="name" label={t("field.name")} autoComplete="name" defaultValue={name} maxLength={100} required />
          <SelectField name="language" label={t("ui.language")} hint={t("profile.language_hint")} defaultValue={language}>
            {Object.entries(LANGUAGES).map(([code, called]) => <option key={code} value={code} lang={code}>{called}</option>)}
          </SelectField>
        </Form>
      ) : (
        <p>{name}<br /><span className="quiet">{t("error.own_changes_off")}</span></p>
      )}
      <section>
        <h2>{t("profile.email")}</h2>
        <p>{email}</p>
        {pending && <p className="quiet">{t("profile.pending", { email: pending.email, until: date(pending.until) })}</p>}
        {settings.own_email && <Link className="button plain" to="/account/email">{t("profile.change_email")}</Link>}
      </section>
    </Page>
  );
}
