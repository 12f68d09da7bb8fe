import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { type components, unwrap } from "users-service-client";

import { api, queries } from "../../shared/api.js";
import { Refusal, Refused } from "../../shared/Refused.js";
import { Banner } from "../../shared/ui/Banner.js";
import { Button } from "../../shared/ui/Button.js";
import { RelativeTime } from "../../shared/ui/RelativeTime.js";
import { Skeleton } from "../../shared/ui/Skeleton.js";
import { Page } from "../Page.js";
import { useActing } from "../parts/acting.js";
import { Question } from "../parts/Question.js";
import { useWords } from "../words.js";

type Seance = components["schemas"]["Seance"];

const seances = {
  queryKey: ["seances"],
  queryFn: async () => unwrap(await api.POST("/api/v1/private/users/seances")).seances,
  staleTime: 0,
};

/** The devices that the person is signed in on; each can be signed out. */
export function Devices() {
  const { t } = useWords();
  const { data, error, refetch } = useQuery(seances);
  const [done, say] = useState("");
  return (
    <Page title={t("devices.title")} back={["/account", t("nav.overview")]} isAnswer>
      <p>{t("devices.lead")}</p>
      <div role="status">{done && <Banner kind="done">{done}</Banner>}</div>
      {data ? <List devices={data} say={say} /> : error ? <Refused error={error} retry={() => void refetch()} /> : <Skeleton lines={6} />}
    </Page>
  );
}

interface ListProps {
  devices: readonly Seance[];
  say(done: string): void;
}

function List({ devices, say }: ListProps) {
  const { t } = useWords();
  const [isAsking, ask] = useState(false);
  const others = devices.filter(({ is_current }) => !is_current).length;

  async function endOthers() {
    const { ended } = unwrap(await api.DELETE("/api/v1/private/users/seances"));
    ask(false);
    await queries.invalidateQueries(seances);
    say(t("devices.others_ended", { count: ended }));
  }

  return (
    <>
      <ul className="rows">
        {devices.map((device) => <Device key={device.session_id} device={device} say={say} />)}
      </ul>
      {others === 0 && <p className="quiet">{t("devices.only")}</p>}
      {others > 0 && <Button onClick={() => ask(true)}>{t("devices.others")}</Button>}
      {isAsking && (
        <Question title={t("devices.others_title")} verb={t("devices.others")} act={endOthers} close={() => ask(false)}>
          <p>{t("devices.others_lead", { count: others })}</p>
        </Question>
      )}
    </>
  );
}

function Device({ device: { session_id, device, user_agent, ip_address, created_at, last_activity, is_current }, say }: { device: Seance; say: ListProps["say"] }) {
  const { t } = useWords();
  const { act, isBusy, refusal } = useActing();

  async function end() {
    const path = { session_id };
    unwrap(await api.DELETE("/api/v1/private/users/seances/{session_id}", { params: { path } }));
    await queries.invalidateQueries(seances);
    say(t("devices.ended", { device }));
  }

  return (
    <li className="item">
      <div>
        <h2 title={user_agent}>{device}</h2>
        {is_current && <span className="tag">{t("devices.current")}</span>}
        <dl className="facts">
          <dt>{t("devices.active")}</dt><dd><RelativeTime at={last_activity} /></dd>
          <dt>{t("devices.since")}</dt><dd><RelativeTime at={created_at} /></dd>
          <dt>IP</dt><dd>{ip_address}</dd>
        </dl>
        <Refusal error={refusal} />
      </div>
      {!is_current && (
        <Button isBusy={isBusy} aria-label={t("devices.end_named", { device })} onClick={() => void act(end)}>
          {t("devices.end")}
        </Button>
      )}
    </li>
  );
}
