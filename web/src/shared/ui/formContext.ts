import { createContext } from "react";

/** What is wrong with the fields of a form, by name. */
export type ByField = Readonly<Record<string, string>>;

interface Around {
  faults: ByField;
  /** What was typed before and not sent, of a form that keeps it. */
  draft: (name: string) => string | undefined;
}

/** What a form tells its fields. */
export const FormContext = createContext<Around>({ faults: {}, draft: () => undefined });
