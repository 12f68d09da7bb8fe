/** What the service's own endpoints ask for; `*` stands for all. */
export type Permission =
  | "audit:read"
  | "passwords:reset"
  | "passwords:set"
  | "roles:read"
  | "roles:write"
  | "seances:end"
  | "seances:read"
  | "service_tokens:create"
  | "users:create"
  | "users:delete"
  | "users:read"
  | "users:update"
  | "webhooks:read"
  | "webhooks:write";

export const PERMISSIONS: readonly Permission[] = [
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
];

export const EVERYTHING = "*";

/** Tell whether who holds these permissions may do what takes this one. */
export function permits(held: readonly string[], wanted: string): boolean {
  return held.includes(EVERYTHING) || held.includes(wanted);
}

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

export const AREAS = Object.keys(OPENED_BY) as readonly Area[];

/** Return the areas of the console that these permissions open. */
export function areasOf(held: readonly string[]): readonly Area[] {
  return AREAS.filter((area) => OPENED_BY[area].some((permission) => permits(held, permission)));
}
