import { type ChangeEvent, useState } from "react";

import { inWords } from "../../shared/errors.js";
import { Banner } from "../../shared/ui/Banner.js";
import { Button } from "../../shared/ui/Button.js";
import { sameness, compared, type Line, MOST_PEOPLE, plan, PlanError } from "../files/plan.js";
import { CsvError } from "../files/csv.js";
import { readPeople } from "../data/people.js";
import { DEFAULT_ROLE } from "../data/roles.js";
import { Page } from "../parts/Page.js";
import { ProgressBar } from "../parts/ProgressBar.js";
import { useReadGrantable } from "../parts/roles.js";
import { useWords } from "../words.js";
import { ImportDialog } from "./ImportDialog.js";
import { PlanTable } from "./PlanTable.js";

const AT_ONCE = 4;

/** Reads a file of people, says what would happen, and invites those who are new once that is wanted. */
export function ImportPage() {
  const words = useWords();
  const { t } = words;
  const readRoles = useReadGrantable("person");
  const [lines, setLines] = useState<readonly Line[]>();
  const [checked, setChecked] = useState<number>();
  const [fault, setFault] = useState<string>();
  const [isAsking, ask] = useState(false);
  const newcomers = lines?.filter(({ verdict }) => verdict === "new") ?? [];

  async function choose({ target }: ChangeEvent<HTMLInputElement>) {
    const file = target.files?.[0];
    setLines(undefined);
    setFault(undefined);
    if (!file) return;
    try {
      const roles = await readRoles();
      const planned = plan(await file.text(), [DEFAULT_ROLE, ...roles.map(({ name }) => name)]);
      const there = await whoIsThere(planned, setChecked);
      setLines(compared(planned, (email) => there.has(sameness(email))));
    } catch (error) {
      setFault(said(error));
    } finally {
      setChecked(undefined);
      // the same file can be chosen again, once it is mended
      target.value = "";
    }
  }

  function said(error: unknown): string {
    if (error instanceof CsvError) return t("import.quotes", { line: error.line });
    if (error instanceof PlanError) return t(`import.${error.fault}`, { count: MOST_PEOPLE });
    return inWords(error, words);
  }

  return (
    <Page title={t("import.title")} above={["/console/people", t("person.back")]}>
      <p className="quiet prose">{t("import.explain")}</p>
      <label className="file">
        <span>{t("import.file")}</span>
        <input type="file" accept=".csv,text/csv" onChange={(event) => void choose(event)} />
      </label>
      {fault && <Banner kind="error">{fault}</Banner>}
      {checked !== undefined && (
        <div role="status">
          <p>{t("import.checking")}</p>
          <ProgressBar done={checked} of={100} />
        </div>
      )}
      {lines && (
        <>
          <Banner kind="notice">
            {newcomers.length ? t("import.summary", { count: newcomers.length }) : t("import.nothing")}
            {lines.length > newcomers.length && ` ${t("import.skipped", { count: lines.length - newcomers.length })}`}
          </Banner>
          {newcomers.length > 0 && (
            <div className="actions">
              <Button kind="primary" onClick={() => ask(true)}>{t("import.button", { count: newcomers.length })}</Button>
            </div>
          )}
          <PlanTable lines={lines} />
        </>
      )}
      {isAsking && (
        <ImportDialog
          lines={newcomers}
          close={() => ask(false)}
          done={(made) => setLines((all) => all && compared(all, (email) => made.has(email)))}
        />
      )}
    </Page>
  );
}

/** Return the addresses of those who are there already; a few are asked for at a time. */
async function whoIsThere(lines: readonly Line[], tell: (percent: number) => void): Promise<Set<string>> {
  const asked = lines.filter(({ verdict }) => verdict === "new").map(({ person }) => sameness(person.email));
  const there = new Set<string>();
  tell(0);
  for (let from = 0; from < asked.length; from += AT_ONCE) {
    const some = asked.slice(from, from + AT_ONCE);
    const pages = await Promise.all(some.map((email) => readPeople({ email, limit: 1 })));
    for (const { users } of pages) for (const { email } of users) there.add(sameness(email));
    tell(Math.round((100 * (from + some.length)) / asked.length));
  }
  return there;
}
