import { createRootRoute, createRoute, createRouter, lazyRouteComponent, redirect } from "@tanstack/react-router";
import { UsersError } from "users-service-client";

import { queries } from "../shared/api.js";
import { me } from "../shared/session.js";
import { Shell } from "./Shell.js";
import { Failed, Waiting } from "./states.js";
import { SignIn } from "./pages/SignIn.js";

/** Let only those in who are signed in; everybody else signs in and comes back. */
async function guard({ location }: { location: { href: string } }) {
  try {
    await queries.ensureQueryData(me);
  } catch (error) {
    if (!(error instanceof UsersError) || error.status !== 401) throw error;
    throw redirect({ to: "/account/sign-in", search: location.href === "/account" ? {} : { return_to: location.href } });
  }
}

const root = createRootRoute({ component: Shell, notFoundComponent: lazyRouteComponent(() => import("./pages/NotFound.js"), "NotFound") });

const signIn = createRoute({
  getParentRoute: () => root,
  path: "/account/sign-in",
  component: SignIn,
  validateSearch: ({ return_to }: Record<string, unknown>): { return_to?: string } =>
    typeof return_to === "string" ? { return_to } : {},
});

const own = createRoute({ getParentRoute: () => root, id: "own", beforeLoad: guard });

const overview = createRoute({
  getParentRoute: () => own,
  path: "/account",
  component: lazyRouteComponent(() => import("./pages/Overview.js"), "Overview"),
});

const routeTree = root.addChildren([signIn, own.addChildren([overview])]);

export const router = createRouter({
  routeTree,
  defaultPendingComponent: Waiting,
  defaultErrorComponent: Failed,
  defaultPendingMs: 0,
  defaultPendingMinMs: 0,
  defaultPreload: "intent",
});

declare module "@tanstack/react-router" {
  interface Register {
    router: typeof router;
  }
}
