import { useQuery } from "@tanstack/react-query";

import { devicesQuery } from "../data/people.js";
import { Loaded } from "../parts/Loaded.js";
import { Moment } from "../parts/Moment.js";
import { useWords } from "../words.js";

/** Where somebody is signed in. The API ends all of it, or nothing: a device alone is its owner's to end. */
export function Devices({ id }: { id: number }) {
  const { t } = useWords();
  const query = useQuery(devicesQuery(id));
  return (
    <section aria-labelledby="devices">
      <h2 id="devices">{t("person.devices")}</h2>
      <Loaded query={query} lines={3}>
        {(devices) =>
          devices.length === 0 ? (
            <p className="quiet">{t("person.devicesNone")}</p>
          ) : (
            <table>
              <caption className="unseen">{t("person.devices")}</caption>
              <thead>
                <tr>
                  <th>{t("person.device")}</th>
                  <th>{t("person.address")}</th>
                  <th className="time">{t("person.lastActive")}</th>
                  <th className="time">{t("person.signedIn")}</th>
                </tr>
              </thead>
              <tbody>
                {devices.map((device) => (
                  <tr key={device.session_id}>
                    <td title={device.user_agent}>{device.device}</td>
                    <td><code>{device.ip_address}</code></td>
                    <td className="time" data-label={t("person.lastActive")}><Moment at={device.last_activity} /></td>
                    <td className="time" data-label={t("person.signedIn")}><Moment at={device.created_at} /></td>
                  </tr>
                ))}
              </tbody>
            </table>
          )
        }
      </Loaded>
    </section>
  );
}
