import "./theme.css";

import { QueryClientProvider } from "@tanstack/react-query";
import { type ReactNode, StrictMode } from "react";
import { createRoot } from "react-dom/client";
import { UsersError } from "users-service-client";

import { queries } from "./api.js";
import { initial, type Loaders, Spoken } from "./i18n.js";
import { Proving } from "./Proof.js";
import { settings } from "./settings.js";

/** Show an area, in the language of who looks at it. */
export async function start<Key extends string>(loaders: Loaders<Key>, area: ReactNode): Promise<void> {
  const code = initial();
  document.documentElement.lang = code;
  const accent = settings.colours && `light-dark(${settings.colours.light}, ${settings.colours.dark})`;
  if (accent) document.documentElement.style.setProperty("--accent", accent);
  const entries = await loaders[code]();
  createRoot(document.getElementById("root")!, { onCaughtError }).render(
    <StrictMode>
      <Spoken first={{ code, entries }} loaders={loaders}>
        <QueryClientProvider client={queries}>
          <Proving>{area}</Proving>
        </QueryClientProvider>
      </Spoken>
    </StrictMode>,
  );
}

/** Leave out of the browser's console what the service refused: the page says that. */
function onCaughtError(error: unknown): void {
  if (!(error instanceof UsersError)) console.error(error);
}
