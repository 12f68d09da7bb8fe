"""A person as another system tells of them, in our words as far as we have one."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple, get_args

from pydantic_core import from_json

from accounts.settings import Language


class Person(NamedTuple):
    """What a line of ours says of a person, what they were there, and what stays behind."""

    line: Mapping[str, object]
    roles: Sequence[str] = ()
    left_behind: Sequence[str] = ()


class SkippedError(Exception):
    """The record is of nobody who can come; the text says why."""


def json_object(text: object) -> Mapping[str, Any] | None:
    """Return the JSON object that a text is, or None if it is none."""
    if not isinstance(text, str | bytes):
        return None
    try:
        # unlike Python's own, it stops where somebody nests without end
        content = from_json(text)
    except ValueError:
        return None
    return content if isinstance(content, dict) else None


def email(text: str | None) -> str:
    """Return the address that somebody has.

    Raises:
        SkippedError: they have none.
    """
    if not text:
        raise SkippedError("no e-mail address")
    return text


def name(candidates: Iterable[object], email: str) -> str:
    """Return the first name that says something, or what stands before the @ of the address."""
    for candidate in candidates:
        if isinstance(candidate, str) and candidate.strip():
            return candidate.strip()
    return email.partition("@")[0]


def language(locale: object) -> str | None:
    """Return which language of ours a locale such as ``ru-RU`` is of, if any."""
    beginning = str(locale)[:2].lower()
    return beginning if beginning in get_args(Language) else None
