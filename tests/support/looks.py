"""In which language and how wide somebody sees the pages, and tests that hold for each."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, NamedTuple

import pytest

from tests.support import words
from tests.support.visits import DESK, PHONE

if TYPE_CHECKING:
    from collections.abc import Callable

    from playwright.sync_api import Locator


class Look(NamedTuple):
    """How somebody sees a page."""

    language: str
    width: int

    def say(self, text: str) -> str:
        """Return what the pages say in this language instead of the English text."""
        return text if self.language == "en" else words.say(text)


AT_A_DESK, ON_A_PHONE = Look("en", DESK), Look("ru", PHONE)
EVERY_LOOK = (AT_A_DESK, ON_A_PHONE)
# what finds something by a text, and by which argument
FINDERS = {
    "get_by_text": "text",
    "get_by_label": "text",
    "get_by_role": "name",
    "locator": "has_text",
    "filter": "has_text",
}


@contextmanager
def finding_russian() -> Iterator[None]:
    """Have Playwright find on Russian pages what it is told to find in English.

    A text that the pages do not say, such as somebody's name, is found as it is.
    """
    from playwright.sync_api import Locator, Page  # noqa: PLC0415 - may not be there

    with pytest.MonkeyPatch.context() as patch:
        for kind in (Page, Locator):
            for finder, argument in FINDERS.items():
                if hasattr(kind, finder):
                    patch.setattr(kind, finder, _translating(getattr(kind, finder), argument))
        yield


def _translating(find: "Callable[..., Locator]", argument: str) -> "Callable[..., Locator]":
    def translated(it: object, *given: Any, **named: Any) -> "Locator":  # noqa: ANN401 - as find
        if argument == "text":
            named["text"], given = given[0], given[1:]
        text = named.get(argument)
        if isinstance(text, str):
            named[argument] = words.sought(text, exact=named.get("exact", False))
        return find(it, *given, **named)

    return translated
