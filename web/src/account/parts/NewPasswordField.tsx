import { settings } from "../../shared/settings.js";
import { PasswordField } from "../../shared/ui/Field.js";
import { useWords } from "../words.js";

/** A password that is being chosen: once, as it can be looked at. */
export function NewPasswordField({ autoFocus = false, isFirst = false }: { autoFocus?: boolean; isFirst?: boolean }) {
  const { t } = useWords();
  return (
    <PasswordField
      name="passw"
      label={t(isFirst ? "field.password" : "field.new_password")}
      hint={t("field.new_password_hint", { count: settings.password_minimum })}
      autoComplete="new-password"
      minLength={settings.password_minimum}
      autoFocus={autoFocus}
      required
    />
  );
}
