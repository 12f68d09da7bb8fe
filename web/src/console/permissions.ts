import { permits } from "../shared/permissions.js";

/** What the service's own endpoints ask for. */
export const PERMISSIONS = [
  "users:read",
  "users:create",
  "users:update",
  "users:delete",
  "passwords:reset",
  "passwords:set",
  "seances:read",
  "seances:end",
  "roles:read",
  "roles:write",
  "service_tokens:create",
  "webhooks:read",
  "webhooks:write",
  "audit:read",
] as const;

export type Permission = (typeof PERMISSIONS)[number];

/** Tell whether who holds these permissions may hand all of those on. */
export function permitsAll(held: readonly string[], wanted: readonly string[]): boolean {
  return wanted.every((permission) => permits(held, permission));
}

export type Area = "people" | "roles" | "backEnds" | "webhooks" | "trail";

const OPENED_BY: Record<Area, readonly Permission[]> = {
  people: ["users:read", "users:create"],
  roles: ["roles:read"],
  backEnds: ["service_tokens:create"],
  webhooks: ["webhooks:read"],
  trail: ["audit:read"],
};

const AREAS = Object.keys(OPENED_BY) as readonly Area[];

/** Return the areas of the console that these permissions open. */
export function areasOf(held: readonly string[]): readonly Area[] {
  return AREAS.filter((area) => OPENED_BY[area].some((permission) => permits(held, permission)));
}
