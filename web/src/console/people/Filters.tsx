import { Button } from "../../shared/ui/Button.js";
import type { Wanted } from "../data/people.js";
import { Choice } from "../parts/Choice.js";
import { useRoles } from "../parts/roles.js";
import { useWords } from "../words.js";
import { Search } from "./Search.js";

interface FiltersProps {
  wanted: Wanted;
  change(wanted: Wanted): void;
}

const ORDERS = ["created_at.desc", "created_at.asc", "last_log_in.desc", "last_log_in.asc"] as const;
type Order = (typeof ORDERS)[number];
type Without<Fields> = { [Key in keyof Fields]: Exclude<Fields[Key], undefined> };

/** Who is shown, in which order. */
export function Filters({ wanted, change }: FiltersProps) {
  const { t, code } = useWords();
  const { data: roles = [] } = useRoles();
  const { sort, order = "desc" } = wanted;
  const named = roles.map(({ name, title }) => ({ value: name, label: title[code] ?? name }));
  const isStrange = wanted.role !== undefined && !roles.some(({ name }) => name === wanted.role);

  const put = (changed: { [Key in keyof Wanted]: Wanted[Key] | undefined }) => {
    const next = Object.entries({ ...wanted, ...changed }).filter(([, value]) => value !== undefined && value !== "");
    change(Object.fromEntries(next) as Without<Wanted>);
  };

  return (
    <div className="filters no-print" role="search">
      <Search value={wanted.search ?? ""} change={(search) => put({ search, ...(search && { sort: undefined, order: undefined }) })} />
      <Choice
        label={t("people.role")}
        value={wanted.role ?? ""}
        change={(role) => put({ role })}
        choices={[{ value: "", label: t("people.any") }, ...named, ...(isStrange ? [{ value: wanted.role!, label: wanted.role! }] : [])]}
      />
      <Choice
        label={t("people.status")}
        value={wanted.status ?? ""}
        change={(status) => put({ status: (status || undefined) as Wanted["status"] })}
        choices={[
          { value: "", label: t("people.any") },
          { value: "active", label: t("status.active") },
          { value: "disabled", label: t("status.disabled") },
        ]}
      />
      <Choice
        label={t("people.order")}
        value={sort ? `${sort}.${order}` : ""}
        isOff={Boolean(wanted.search)}
        change={(chosen) => put(ordered(chosen as Order | ""))}
        choices={[
          { value: "", label: t("people.order.none") },
          ...ORDERS.map((value) => ({ value, label: t(`people.order.${value}`) })),
        ]}
      />
      {Object.keys(wanted).length > 0 && <Button kind="link" onClick={() => change({})}>{t("people.clear")}</Button>}
    </div>
  );
}

function ordered(chosen: Order | ""): { sort: Wanted["sort"] | undefined; order: Wanted["order"] | undefined } {
  if (chosen === "") return { sort: undefined, order: undefined };
  const [sort, order] = chosen.split(".") as ["created_at" | "last_log_in", "asc" | "desc"];
  return { sort, order };
}
