import type { Line } from "../files/plan.js";
import { useWords } from "../words.js";

/** What will happen to each line of a file. */
export function PlanTable({ lines }: { lines: readonly Line[] }) {
  const { t } = useWords();
  return (
    <table>
      <caption className="unseen">{t("import.title")}</caption>
      <thead>
        <tr>
          <th className="number">{t("import.line")}</th>
          <th>{t("invite.email")}</th>
          <th>{t("invite.name")}</th>
          <th>{t("invite.role")}</th>
          <th>{t("import.verdict")}</th>
        </tr>
      </thead>
      <tbody>
        {lines.map(({ line, person, verdict, first = 0 }) => (
          <tr key={line}>
            <td className="number">{line}</td>
            <td>{person.email}</td>
            <td>{person.name}</td>
            <td>{person.role}</td>
            <td><span className={verdict === "new" ? "badge good" : verdict === "there" ? "badge" : "badge bad"}>{t(`import.${verdict}`, { line: first })}</span></td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
