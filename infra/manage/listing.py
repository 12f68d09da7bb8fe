"""Accounts and what happened to them, as an operator sees them."""

import json
import re
import secrets
from collections.abc import Callable, Iterator, Mapping
from itertools import islice
from typing import Any

from accounts.administration import listing, showing, trail
from accounts.administration.pages import Page, Wanted
from accounts.administration.showing import Shown
from accounts.administration.trail import WantedEvents
from accounts.edge import answers
from accounts.edge.queries import EventsQuery, UsersQuery
from accounts.edge.server_views import AuditEventView, UserView
from accounts.storage import users
from accounts.storage.tables import UserSession
from infra.manage.operating import account

_PAGE = 100
# cursors are bound to who asks, and an operator has no session
_ASKING = UserSession(cursor_key=secrets.token_hex(16))

Told = Mapping[str, Any]


def listed(most: int | None, **wanted: str | None) -> Iterator[Told]:
    """Yield the accounts that are ``wanted``, by the words of the API's own query.

    Raises:
        ValidationFailedError: they are not such words.
        UnavailableError: DynamoDB did not answer.
    """
    query = UsersQuery.read({name: text for name, text in wanted.items() if text is not None})
    looked_for = Wanted(query.role, query.status, query.email, query.search)
    pages = _pages(lambda at: listing.list_users(looked_for, _PAGE, at, _ASKING))
    return islice(map(_account, pages), most)


def shown(whom: str) -> Told:
    """Return the account with this e-mail or id.

    Raises:
        RefusedError: there is none.
        UnavailableError: DynamoDB did not answer.
    """
    return _account(showing.shown(account(whom)))


def happened(whom: str, most: int | None) -> Iterator[Told]:
    """Yield what happened to the account, newest first; by its id even if it is deleted.

    Raises:
        RefusedError: no account has this e-mail.
        UnavailableError: DynamoDB did not answer.
    """
    is_id = re.fullmatch(users.ID_PATTERN, whom)
    user_id = int(whom) if is_id else account(whom).id
    pages = _pages(lambda at: trail.list_events(user_id, _PAGE, at, _ASKING))
    return islice(map(_event, pages), most)


def happened_anywhere(most: int | None, **wanted: str | None) -> Iterator[Told]:
    """Yield what happened to all accounts, newest first, by the words of the API's own query.

    Raises:
        ValidationFailedError: they are not such words.
        UnavailableError: DynamoDB did not answer.
    """
    query = EventsQuery.read({name: text for name, text in wanted.items() if text is not None})
    looked_for = WantedEvents(query.event, query.actor_id, query.since, query.until)
    pages = _pages(lambda at: trail.list_all_events(looked_for, _PAGE, at, _ASKING))
    return islice(map(_event, pages), most)


def _pages(read: Callable[[str | None], Page]) -> Iterator[Any]:
    cursor: str | None = None
    while True:
        page = read(cursor)
        yield from page.items
        cursor = page.cursor
        if cursor is None:
            return


def _account(found: Shown) -> Told:
    return _told(answers.text_of(UserView.of(found)))


def _event(event: Any) -> Told:  # noqa: ANN401 - an item of a page
    return _told(answers.text_of(AuditEventView.of(event)))


def _told(text: str) -> Told:
    content: Told = json.loads(text)
    return content
