import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";

import { may, useMe } from "../../shared/session.js";
import { nameQuery } from "../data/people.js";
import { useWords } from "../words.js";

interface SomebodyProps {
  id: number | null | undefined;
  /** Where the arrows lead to. */
  isRow?: boolean;
}

/** An account by its name, where that can be had; by its number, which is all that the trail keeps, where it cannot. */
export function Somebody({ id, isRow = false }: SomebodyProps) {
  const { t } = useWords();
  const me = useMe();
  const mayRead = may(me, "users:read");
  const { data } = useQuery({ ...nameQuery(id ?? 0), enabled: mayRead && id != null });
  if (id == null) return <span className="quiet">{t("trail.nobody")}</span>;
  const number = t("trail.person", { id: String(id) });
  if (!mayRead) return <span>{number}</span>;
  return (
    <Link to="/console/people/$id" params={{ id: String(id) }} title={number} data-row={isRow || undefined}>
      {data ?? number}
    </Link>
  );
}
