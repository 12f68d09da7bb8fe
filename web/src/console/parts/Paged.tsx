import type { UseQueryResult } from "@tanstack/react-query";
import type { ReactNode } from "react";
import { UsersError } from "users-service-client";

import { Banner } from "../../shared/ui/Banner.js";
import { Button } from "../../shared/ui/Button.js";
import { useWords } from "../words.js";
import { Loaded } from "./Loaded.js";
import { Pager } from "./Pager.js";

interface PagedProps<Page> {
  query: UseQueryResult<Page>;
  /** Where the page begins; without, it is the first. */
  cursor: string | undefined;
  toFirst(): void;
  children(page: Page): ReactNode;
}

/** A page of a long list, with the ways to those around it. */
export function Paged<Page extends { cursor?: string }>({ query, cursor, toFirst, children }: PagedProps<Page>) {
  const { t } = useWords();
  // a cursor is good for the session that it was made in
  if (cursor !== undefined && query.error instanceof UsersError && query.error.status === 422) {
    return (
      <Banner kind="notice">
        {t("table.staleCursor")} <Button kind="link" onClick={toFirst}>{t("table.first")}</Button>
      </Banner>
    );
  }
  return (
    <Loaded query={query} lines={12}>
      {(page) => (
        <>
          {children(page)}
          <Pager cursor={cursor} next={page.cursor} />
        </>
      )}
    </Loaded>
  );
}
