"""What happened: to one account, or to all of them, a page at a time, newest first."""

from datetime import datetime, timedelta
from typing import NamedTuple

from accounts import clock, settings
from accounts.access import cursors
from accounts.administration.pages import Page, newest_first
from accounts.storage import event_orders, places, shards
from accounts.storage.shards import Item, Span, Stretch
from accounts.storage.tables import AuditEvent, UserSession

# of each shard; they take hardly more of DynamoDB's units than one
_EACH = 25
# and of each shard, to find those of one sort
_SOUGHT = 500
# that one call goes back through, where there is little in them
_MONTHS = 3
# what the clocks of other functions may be ahead
_AHEAD = timedelta(minutes=1)


class WantedEvents(NamedTuple):
    """Which events to list: of one sort, by one account, from ``since`` until before ``until``."""

    event: str | None = None
    actor_id: int | None = None
    since: datetime | None = None
    until: datetime | None = None


def list_events(user_id: int, limit: int, cursor: str | None, asking: UserSession) -> Page:
    """Return up to ``limit`` events of an account, newest first.

    Raises:
        ValidationFailedError: the cursor is not one of this list.
        UnavailableError: DynamoDB did not answer.
    """
    return newest_first(AuditEvent, user_id, f"audit {user_id}", limit, cursor, asking)


def list_all_events(
    wanted: WantedEvents, limit: int, cursor: str | None, asking: UserSession
) -> Page:
    """Return up to ``limit`` events; fewer, even none, do not mean that it is the last page.

    Raises:
        ValidationFailedError: the cursor is not one of this list.
        UnavailableError: DynamoDB did not answer.
    """
    query = f"events {wanted}"
    start = cursors.unseal(cursor, query, asking)
    span = _span(wanted, start["after"] if start else None)
    items, end = _acts(wanted, span) if wanted.actor_id else _months(wanted, span, limit)
    if len(items) > limit:
        items, end = items[:limit], event_orders.place_of(items[limit - 1])
    events = [event for event in event_orders.in_full(items) if wanted.event in (None, event.what)]
    return Page(events, cursors.seal({"after": end} if end else None, query, asking))


def _span(wanted: WantedEvents, after: str | None) -> Span:
    # of what is older, nothing is kept
    since = wanted.since or clock.now() - timedelta(days=settings.current().audit_days)
    latest = clock.now() + _AHEAD
    until = min(wanted.until, latest) if wanted.until else latest
    return Span(places.time(since), places.time(until), is_descending=True, after=after)


def _acts(wanted: WantedEvents, span: Span) -> Stretch:
    order = event_orders.of_actor(wanted.actor_id or 0)
    return shards.read(order, span, _EACH, shards=event_orders.SHARDS_OF_ACTOR)


def _months(wanted: WantedEvents, span: Span, limit: int) -> Stretch:
    first, last = span.bounds
    condition = AuditEvent.what == wanted.event if wanted.event else None
    each = _SOUGHT if wanted.event else _EACH
    items: list[Item] = []
    for number, month in enumerate(event_orders.months(first, last)):
        if number == _MONTHS:
            # from the end of this one on
            return Stretch(items, f"{month}-99")
        found = shards.read(event_orders.of_month(month), span, each, condition)
        items += found.items
        if found.read_to is not None or len(items) > limit:
            return Stretch(items, found.read_to)
    return Stretch(items, None)
