import { createContext } from "react";

/** What is wrong with the fields of a form, by name. */
export type ByField = Readonly<Record<string, string>>;

export const Faults = createContext<ByField>({});
