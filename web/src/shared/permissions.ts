/** Stands for all permissions, also those that come later. */
export const EVERYTHING = "*";

/** Tell whether who holds these permissions may do what takes this one. */
export function permits(held: readonly string[], wanted: string): boolean {
  return held.includes(EVERYTHING) || held.includes(wanted);
}
