import { SelectField } from "../../shared/ui/Field.js";
import { useGrantable } from "../parts/roles.js";
import { useWords } from "../words.js";

interface RoleFieldProps {
  value: string;
  change(role: string): void;
  kind?: "person" | "service";
}

/** Which of the roles that the caller may give. */
export function RoleField({ value, change, kind = "person" }: RoleFieldProps) {
  const { t, code } = useWords();
  const roles = useGrantable(kind);
  const chosen = roles.find(({ name }) => name === value);
  const hint = chosen && (chosen.permissions.length ? t("role.permits", { permissions: chosen.permissions.join(", ") }) : t("role.permitsNothing"));
  return (
    <SelectField name="role" label={t("people.role")} hint={hint} value={value} onChange={(event) => change(event.target.value)}>
      {!chosen && <option value={value}>{value}</option>}
      {roles.map(({ name, title }) => <option key={name} value={name}>{title[code] ?? name}</option>)}
    </SelectField>
  );
}
