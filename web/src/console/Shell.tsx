import { Outlet } from "@tanstack/react-router";

import { useWords } from "./words.js";

/** What is around each page of the console. */
export function Shell() {
  const { t } = useWords();
  return (
    <main>
      <h1>{t("start.title")}</h1>
      <Outlet />
    </main>
  );
}
