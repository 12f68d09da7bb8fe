"""Strings that occur nowhere else, to be looked for where they do not belong."""

import secrets
from collections.abc import Callable, Iterable, Mapping
from string import ascii_lowercase
from typing import Any

from tests.support.answers import Answer
from tests.support.deployment import Deployment
from tests.support.endpoint import Endpoint
from tests.support.register import (
    EXPORT_OWN_DATA,
    LIST_AUDIT,
    LIST_DELIVERIES,
    LIST_USERS,
    SHOW_AUDIT,
)

_HEADERS = (
    "User-Agent",
    "Referer",
    "Origin",
    "Accept",
    "Accept-Language",
    "X-Forwarded-Host",
    "X-Request-Id",
    "X-Amzn-Trace-Id",
    "X-Correlation-Id",
    "X-Api-Key",
    "Idempotency-Key",
    "If-None-Match",
    "From",
)


# these read it, and refuse what they do not know
READ_QUERY = (LIST_USERS, LIST_AUDIT, SHOW_AUDIT, EXPORT_OWN_DATA, LIST_DELIVERIES)
Send = Callable[[Endpoint, dict[str, Any]], Answer]
Call = Callable[..., Answer]
Escaped = Callable[[], set[str]]


class Canaries:
    """Makes canaries and remembers where each was put."""

    def __init__(self) -> None:
        self._places: dict[str, str] = {}

    def __call__(self, place: str) -> str:
        """Return a new canary; it fits into any field."""
        # letters alone, which every kind of name may have
        canary = "canary" + "".join(secrets.choice(ascii_lowercase) for _ in range(16))
        self._places[canary] = place
        return canary

    def email(self, place: str = "email") -> str:
        """Return a new e-mail address with one."""
        return f"{self(place)}@example.com"

    def headers(self) -> dict[str, str]:
        """Return headers, each with a new one, in its name too where it has no fixed one."""
        return {
            **{name: self(name) for name in _HEADERS},
            "Cookie": f"{self('cookie name')}={self('cookie')}; session={self('cookie')}",
            f"X-{self('header name')}": self("header"),
        }

    def query(self) -> str:
        """Return a query string with new ones."""
        return f"?{self('query name')}={self('query')}&passw={self('query')}"

    def errors(self) -> Exception:
        """Return an exception that has them wherever an exception can hold text."""
        error = RuntimeError(self("exception"), {"body": self("exception")})
        error.add_note(self("exception note"))
        error.__cause__ = KeyError(self("cause"))
        error.__cause__.__context__ = ValueError(self("context"))
        return error

    def found_in(self, text: str) -> set[str]:
        """Return the places whose canaries are in the text."""
        lowered = text.lower()
        return {place for canary, place in self._places.items() if canary in lowered}


def _texts(value: object) -> Iterable[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, Mapping):
        for name, part in value.items():
            yield from _texts(name)
            yield from _texts(part)
    elif isinstance(value, list | tuple):
        for part in value:
            yield from _texts(part)


def kept(stack: Deployment, canaries: Canaries) -> Mapping[str, Mapping[str, set[str]]]:
    """Return which canaries are stored, by table and attribute."""
    tables = (table.logical_id for table in stack.template.tables())
    names = {stack.resources[table]["Ref"]: table for table in tables}
    found = {
        names[name]: {
            attribute: places
            for attribute, text in _by_attribute(items).items()
            if (places := canaries.found_in(text))
        }
        for name, items in stack.stored().items()
    }
    return {table: attributes for table, attributes in found.items() if attributes}


def _by_attribute(items: Iterable[Mapping[str, Any]]) -> dict[str, str]:
    found: dict[str, str] = {}
    for item in items:
        for name, value in item.items():
            found[name] = " ".join([found.get(name, ""), *_texts(value)])
    return found
