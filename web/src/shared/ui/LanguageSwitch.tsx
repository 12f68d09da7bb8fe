import { type Code, LANGUAGES } from "../i18n.js";
import { useShared } from "../words.js";

/** Buttons with the other languages, each named in itself. */
export function LanguageSwitch() {
  const { code, choose } = useShared();
  const others = (Object.keys(LANGUAGES) as Code[]).filter((other) => other !== code);
  return others.map((other) => (
    <button key={other} type="button" className="button link" lang={other} onClick={() => void choose(other)}>
      {LANGUAGES[other]}
    </button>
  ));
}
