import { createRootRoute, createRoute, createRouter } from "@tanstack/react-router";
import { UsersError } from "users-service-client";

import { queries } from "../shared/api.js";
import { signInAt } from "../shared/leaving.js";
import { me } from "../shared/session.js";
import { Shell } from "./Shell.js";

/** Let only those in who are signed in; signing in is a page of /account. */
async function guard({ location: { href } }: { location: { href: string } }) {
  try {
    await queries.ensureQueryData(me);
  } catch (error) {
    if (!(error instanceof UsersError) || error.status !== 401) throw error;
    location.replace(signInAt(href));
    await new Promise(() => undefined);
  }
}

const root = createRootRoute({ component: Shell, beforeLoad: guard });
const start = createRoute({ getParentRoute: () => root, path: "/console" });

export const router = createRouter({ routeTree: root.addChildren([start]) });

// each area is checked by itself (tsconfig.*.json), so that each has its own routes
declare module "@tanstack/react-router" {
  interface Register {
    router: typeof router;
  }
}
