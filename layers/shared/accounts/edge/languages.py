"""The language that a client would have our messages in, and the messages in it.

Loaded only for who asks for another language than English, which the messages are written in.
"""

import json
import re
from collections.abc import Iterator
from typing import Any, NamedTuple

from accounts.edge.russian import MESSAGES, PLACEHOLDERS
from accounts.settings import Language

# RFC 9110 section 12.4.2
_QUALITY = re.compile(r"0(\.[0-9]{0,3})?|1(\.0{0,3})?")
_PLACEHOLDER = re.compile(r"\{([a-z]+)\}")
_ANY = "*"


class _Wish(NamedTuple):
    quality: float
    # the earlier in the header the greater, where qualities are equal
    rank: int


def preferred(accept_language: str) -> Language:
    """Return the language that the header (RFC 9110 section 12.5.4) prefers: English if in doubt.

    Regions and scripts do not count: ``ru-BY`` is Russian.
    """
    wishes: dict[str, _Wish] = {}
    for rank, (language, quality) in enumerate(_ranges(accept_language)):
        wish = _Wish(quality, -rank)
        wishes[language] = max(wish, wishes.get(language, wish))
    russian, english = (wishes.get(it, wishes.get(_ANY)) for it in ("ru", "en"))
    if russian is None or russian.quality == 0:
        return "en"
    return "ru" if english is None or russian > english else "en"


def in_russian(body: str) -> str:
    """Return the body, which is JSON, with its messages in Russian."""
    content: dict[str, Any] = json.loads(body)
    content["message"] = _translated(content["message"])
    for detail in content.get("details", ()):
        detail["message"] = _translated(detail["message"])
    return json.dumps(content, ensure_ascii=False, separators=(",", ":"))


def russian(message: str) -> str | None:
    """Return one of our messages in Russian, if the catalogue has it."""
    if message in MESSAGES:
        return MESSAGES[message]
    for english, told in MESSAGES.items():
        if "{" in english and (found := re.fullmatch(_pattern(english), message)):
            return told.format_map({n: _value(text) for n, text in found.groupdict().items()})
    return None


def _translated(message: str) -> str:
    # a test sees to it that none is missing; here English is better than nothing
    return russian(message) or message


def _ranges(accept_language: str) -> Iterator[tuple[str, float]]:
    for part in accept_language.lower().split(","):
        tag, _, weight = part.partition(";")
        quality = weight.replace(" ", "").removeprefix("q=") if weight else "1"
        # what is malformed says nothing
        if _QUALITY.fullmatch(quality):
            yield tag.strip().partition("-")[0], float(quality)


def _pattern(english: str) -> str:
    literals = _PLACEHOLDER.split(english)
    # every other one is the name of a placeholder
    for index, part in enumerate(literals):
        is_name = index % 2
        literals[index] = f"(?P<{part}>{PLACEHOLDERS[part]})" if is_name else re.escape(part)
    return "".join(literals)


def _value(text: str) -> str:
    return text.replace(" or ", " или ")
