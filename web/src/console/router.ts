import { createRootRoute, createRoute, createRouter, lazyRouteComponent, notFound } from "@tanstack/react-router";
import { UsersError } from "users-service-client";

import { queries } from "../shared/api.js";
import { signInAt } from "../shared/leaving.js";
import { me } from "../shared/session.js";
import { Lost } from "./Lost.js";
import { Down, Opening, Shell } from "./Shell.js";
import { type Area, areasOf } from "./permissions.js";
import { readEventsSearch, readPeopleSearch } from "./searches.js";

/** Let only those in who are signed in; signing in is a page of /account. */
async function guard({ location: { href } }: { location: { href: string } }) {
  try {
    await queries.ensureQueryData(me);
  } catch (error) {
    if (!(error instanceof UsersError)) throw error;
    if (error.code === "second_factor_required") location.replace("/account/security");
    else if (error.status === 401) location.replace(signInAt(href));
    else throw error;
    await new Promise(() => undefined);
  }
}

const root = createRootRoute({ component: Shell, errorComponent: Down, pendingComponent: Opening, beforeLoad: guard });
const top = createRoute({ getParentRoute: () => root, path: "/console" });

/** A page of an area, which for others than those it is open to is not there. */
const page = <Path extends string>(path: Path, of: Area) => ({
  getParentRoute: () => top,
  path,
  beforeLoad: async () => {
    const { permissions } = await queries.ensureQueryData(me);
    if (!areasOf(permissions).includes(of)) throw notFound();
  },
});

const pages = [
  createRoute({ getParentRoute: () => top, path: "/", component: lazyRouteComponent(() => import("./start/StartPage.js"), "StartPage") }),
  createRoute({
    ...page("/people", "people"),
    validateSearch: readPeopleSearch,
    component: lazyRouteComponent(() => import("./people/PeoplePage.js"), "PeoplePage"),
  }),
  createRoute({ ...page("/people/import", "people"), component: lazyRouteComponent(() => import("./people/ImportPage.js"), "ImportPage") }),
  createRoute({ ...page("/people/$id", "people"), component: lazyRouteComponent(() => import("./person/PersonPage.js"), "PersonPage") }),
  createRoute({ ...page("/roles", "roles"), component: lazyRouteComponent(() => import("./roles/RolesPage.js"), "RolesPage") }),
  createRoute({ ...page("/back-ends", "backEnds"), component: lazyRouteComponent(() => import("./back-ends/BackEndsPage.js"), "BackEndsPage") }),
  createRoute({ ...page("/webhooks", "webhooks"), component: lazyRouteComponent(() => import("./webhooks/WebhooksPage.js"), "WebhooksPage") }),
  createRoute({ ...page("/webhooks/$name", "webhooks"), component: lazyRouteComponent(() => import("./webhooks/WebhookPage.js"), "WebhookPage") }),
  createRoute({
    ...page("/trail", "trail"),
    validateSearch: readEventsSearch,
    component: lazyRouteComponent(() => import("./trail/TrailPage.js"), "TrailPage"),
  }),
] as const;

export const router = createRouter({
  routeTree: root.addChildren([top.addChildren(pages)]),
  defaultNotFoundComponent: Lost,
  defaultPendingComponent: Opening,
  // everything in the address is text, as people read and write it
  parseSearch: (search) => Object.fromEntries(new URLSearchParams(search)),
  stringifySearch: (search) => {
    const said = Object.entries(search).filter(([, value]) => value !== undefined && value !== "");
    return said.length ? `?${new URLSearchParams(said.map(([key, value]) => [key, String(value)]))}` : "";
  },
});

// each area is checked by itself (tsconfig.*.json), so that each has its own routes
declare module "@tanstack/react-router" {
  interface Register {
    router: typeof router;
  }
}
