import { getRouteApi } from "@tanstack/react-router";
import { useEffect, useRef, useState } from "react";

import { download } from "../../shared/download.js";
import { SelectField } from "../../shared/ui/Field.js";
import type { Typed } from "../../shared/ui/Form.js";
import { FormDialog } from "../../shared/ui/FormDialog.js";
import { type Account, LONGEST_PAGE, readPeople, type Wanted } from "../data/people.js";
import { dated, FORMATS, type Format } from "../files/exported.js";
import { useMessages } from "../parts/Messages.js";
import { readPeopleSearch } from "../searches.js";
import { useWords } from "../words.js";

const route = getRouteApi("/console/people");

/** Saves everybody who fits the filters as a file. */
export function ExportDialog({ close }: { close(): void }) {
  const { t } = useWords();
  const { say } = useMessages();
  const { cursor: _, ...wanted } = readPeopleSearch(route.useSearch());
  const [count, tell] = useState<number>();
  const stopping = useRef(new AbortController());
  useEffect(() => {
    const controller = (stopping.current = new AbortController());
    return () => controller.abort();
  }, []);

  async function send(typed: Typed) {
    const { signal } = stopping.current;
    const format = typed.format as Format;
    const accounts = await readAll(wanted, tell, signal).finally(() => tell(undefined));
    download(FORMATS[format].write(accounts), `${dated("people")}.${format}`, FORMATS[format].type);
    say(t("export.done", { count: accounts.length }));
    close();
  }

  return (
    <FormDialog title={t("export.title")} above={<p className="quiet">{t("export.explain")}</p>} submit={send} button={t("export.button")} close={close}>
      <SelectField name="format" label={t("export.format")}>
        <option value="csv">{t("export.csv")}</option>
        <option value="json">{t("export.json")}</option>
      </SelectField>
      <p role="status">{count !== undefined && t("export.progress", { count })}</p>
    </FormDialog>
  );
}

async function readAll(wanted: Wanted, tell: (count: number) => void, signal: AbortSignal): Promise<Account[]> {
  const found: Account[] = [];
  let cursor: string | undefined;
  do {
    const page = await readPeople({ ...wanted, limit: LONGEST_PAGE, ...(cursor && { cursor }) }, signal);
    found.push(...page.users);
    tell(found.length);
    cursor = page.cursor;
  } while (cursor !== undefined);
  return found;
}
