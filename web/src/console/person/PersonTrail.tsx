import { useInfiniteQuery } from "@tanstack/react-query";

import { Refused } from "../../shared/Refused.js";
import { Button } from "../../shared/ui/Button.js";
import { Skeleton } from "../../shared/ui/Skeleton.js";
import { personTrailQuery } from "../data/people.js";
import { EventTable } from "../trail/EventTable.js";
import { useWords } from "../words.js";

/** What happened to an account, the newest first, also after it was deleted. */
export function PersonTrail({ id }: { id: number }) {
  const { t } = useWords();
  const query = useInfiniteQuery(personTrailQuery(id));
  const events = query.data?.pages.flatMap((page) => page.events);
  return (
    <section aria-labelledby="trail">
      <h2 id="trail">{t("person.trail")}</h2>
      {events ? <EventTable events={events} isOfOne /> : query.isError ? null : <Skeleton lines={6} />}
      {query.isError && <Refused error={query.error} retry={() => void (events ? query.fetchNextPage() : query.refetch())} />}
      {query.hasNextPage && <Button isBusy={query.isFetchingNextPage} onClick={() => void query.fetchNextPage()}>{t("table.more")}</Button>}
    </section>
  );
}
