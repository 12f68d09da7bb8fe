import { EVERYTHING } from "../../shared/permissions.js";
import type { Role, RoleDraft } from "../data/roles.js";
import { PERMISSIONS } from "../permissions.js";

/** A role as it stands in its form. */
export interface Draft {
  en: string;
  ru: string;
  /** Of those that the service asks for itself, or `*`. */
  ours: ReadonlySet<string>;
  /** Those of applications, one a line. */
  others: string;
  isOfBackEnds: boolean;
  demandsFactor: boolean;
}

const OURS = new Set<string>([...PERMISSIONS, EVERYTHING]);

export const NEW: Draft = { en: "", ru: "", ours: new Set(), others: "", isOfBackEnds: false, demandsFactor: false };

export function draftOf(role: Role): Draft {
  return {
    en: role.title.en ?? "",
    ru: role.title.ru ?? "",
    ours: new Set(role.permissions.filter((permission) => OURS.has(permission))),
    others: role.permissions.filter((permission) => !OURS.has(permission)).join("\n"),
    isOfBackEnds: role.back_end,
    demandsFactor: role.second_factor,
  };
}

/** Return what the draft asks the API to save; the order of permissions is that of the form. */
export function bodyOf(draft: Draft): RoleDraft {
  const ours = [EVERYTHING, ...PERMISSIONS].filter((permission) => draft.ours.has(permission));
  const others = draft.others.split(/[\s,]+/).filter((permission) => permission !== "" && !OURS.has(permission));
  return {
    title: { en: draft.en, ru: draft.ru },
    permissions: [...ours, ...new Set(others)],
    back_end: draft.isOfBackEnds,
    second_factor: draft.demandsFactor,
  };
}
