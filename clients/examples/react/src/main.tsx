import { StrictMode, useEffect, useState, useSyncExternalStore } from "react";
import { createRoot } from "react-dom/client";

import { Devices } from "./Devices.js";
import { Confirm, Entry } from "./Entry.js";
import { users } from "./users.js";

// behind the #, so that no server gets to see it
const carried = () => new URLSearchParams(location.hash.slice(1)).get("email_token");

function App() {
  const state = useSyncExternalStore(users.subscribe, () => users.state);
  const [token, setToken] = useState(carried);
  const [confirmed, setConfirmed] = useState(false);
  const [isAway, setIsAway] = useState(false);
  // the first answer tells whether there are cookies
  useEffect(() => void users.api.PUT("/api/v1/private/users/any").catch(() => setIsAway(true)), []);

  if (token) {
    const done = () => {
      history.replaceState(null, "", location.pathname);
      setToken(null);
      setConfirmed(true);
    };
    return <Confirm token={token} done={done} />;
  }
  if (state === "signed_in") return <Devices />;
  if (state === "signed_out") return <Entry confirmed={confirmed} />;
  return <p role="status">{isAway ? "The service cannot be reached. Is make run at work?" : "One moment …"}</p>;
}

const root = document.getElementById("root");
if (root) createRoot(root).render(<StrictMode><App /></StrictMode>);
