import { useEffect, useState } from "react";
import { type components, unwrap } from "users-service-client";

import { inWords } from "./Form.js";
import { users } from "./users.js";

type Seance = components["schemas"]["Seance"];

/** The devices that the person is signed in on, each with a way to end it. */
export function Devices() {
  const [seances, setSeances] = useState<Seance[]>([]);
  const [faults, setFaults] = useState<string[]>([]);

  const attempt = (act: () => Promise<unknown>) => act().then(() => setFaults([]), (error) => setFaults(inWords(error)));
  const load = async () => setSeances(unwrap(await users.api.POST("/api/v1/private/users/seances")).seances);
  const end = async (session_id: string) => {
    unwrap(await users.api.DELETE("/api/v1/private/users/seances/{session_id}", { params: { path: { session_id } } }));
    await load();
  };
  useEffect(() => void attempt(load), []);

  return (
    <>
      <h1>Your devices</h1>
      <div role="alert">{faults.map((fault) => <p key={fault}>{fault}</p>)}</div>
      <ul>
        {seances.map(({ session_id, device, ip_address, last_activity, is_current }) => (
          <li key={session_id}>
            <div>
              <strong>{device}</strong>
              <small>{ip_address}, {new Date(last_activity).toLocaleString()}</small>
            </div>
            {is_current ? <em>this device</em> : <button onClick={() => attempt(() => end(session_id))}>End</button>}
          </li>
        ))}
      </ul>
      <button onClick={() => attempt(() => users.logOut())}>Log out</button>
    </>
  );
}
