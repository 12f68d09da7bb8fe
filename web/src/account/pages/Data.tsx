import { useInfiniteQuery } from "@tanstack/react-query";
import { useState } from "react";

import { download } from "../../shared/download.js";
import { Refusal, Refused } from "../../shared/Refused.js";
import { settings } from "../../shared/settings.js";
import { Button } from "../../shared/ui/Button.js";
import { Skeleton } from "../../shared/ui/Skeleton.js";
import { Page } from "../Page.js";
import { fetchOwnData, type OwnData } from "../parts/ownData.js";
import { Trail } from "../parts/Trail.js";
import { Link } from "../router.js";
import { useWords } from "../words.js";

/** What is kept about the person: to see, to download, and to have deleted. */
export function Data() {
  const { t } = useWords();
  const { data, error, refetch, hasNextPage, fetchNextPage, isFetchingNextPage } = useInfiniteQuery({
    queryKey: ["own-data-pages"],
    queryFn: ({ pageParam }) => fetchOwnData(pageParam),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: ({ cursor }) => cursor,
  });
  const first = data?.pages[0];
  return (
    <Page title={t("data.title")} back={["/account", t("nav.overview")]} isAnswer>
      <p>{t("data.lead")}</p>
      <Everything />
      {first && <Account {...first} />}
      {data && <Trail events={data.pages.flatMap(({ trail }) => trail)} />}
      {hasNextPage && <Button isBusy={isFetchingNextPage} onClick={() => void fetchNextPage()}>{t("data.more")}</Button>}
      {error && <Refused error={error} retry={() => void refetch()} />}
      {!data && !error && <Skeleton lines={8} />}
      {settings.own_deletion && <Link to="/account/delete">{t("data.delete")}</Link>}
    </Page>
  );
}

function Account({ account, role }: OwnData) {
  const { t, date, code } = useWords();
  const facts = [
    ["data.email", account.email],
    ["data.name", account.name],
    ["data.role", role.title[code] ?? role.name],
    ["data.created", date(account.created_at)],
    ["data.password_changed", account.password_changed_at && date(account.password_changed_at)],
    ["data.last_log_in", account.last_log_in && date(account.last_log_in)],
  ] as const;
  return (
    <section>
      <h2>{t("data.account")}</h2>
      <dl className="facts">
        {facts.map(([key, value]) => value && <div key={key}><dt>{t(key)}</dt><dd>{value}</dd></div>)}
      </dl>
    </section>
  );
}

/** All of it as one file, however many answers it takes. */
function Everything() {
  const { t } = useWords();
  const [fetched, count] = useState<number>();
  const [refusal, refuse] = useState<unknown>();

  async function save() {
    refuse(undefined);
    count(0);
    try {
      const whole = await fetchOwnData();
      while (whole.cursor) {
        const { trail, acts, cursor } = await fetchOwnData(whole.cursor);
        whole.trail.push(...trail);
        whole.acts.push(...acts);
        if (cursor) whole.cursor = cursor;
        else delete whole.cursor;
        count(whole.trail.length + whole.acts.length);
      }
      download(`${JSON.stringify(whole, null, 2)}\n`, "my-data.json", "application/json");
    } catch (error) {
      refuse(error);
    } finally {
      count(undefined);
    }
  }

  return (
    <div className="stack">
      <Refusal error={refusal} />
      <Button isBusy={fetched !== undefined} onClick={() => void save()}>{t("data.download")}</Button>
      <span role="status" className="quiet">{fetched ? t("data.downloading", { count: fetched }) : ""}</span>
    </div>
  );
}
