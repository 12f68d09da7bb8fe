"""What the pages say in Russian, by what they say in English, which is what tests name."""

import functools
import json
import re
import subprocess
from collections.abc import Mapping, Sequence
from typing import NamedTuple

from accounts.access import roles
from accounts.edge import russian
from infra.local import ROOT

NODE = ROOT / ".venv-node" / "bin" / "node"
PLACEHOLDER = re.compile(r"\{(\w+)\}")
# what is said one after the other: sentences, and values of an event
BREAK = re.compile(r"(?<=[.;]) ")
ENDS = (".", "?", ";")
# stands for a value of which a test says nothing
ANYTHING = "\0"
WORD = re.compile("[A-Za-z]{3}")
_VALUES: Mapping[str, str] = {"count": r"\d+", "done": r"\d+", **russian.PLACEHOLDERS}


class UnsaidError(LookupError):
    """The pages do not say this, or say it in several ways."""


class Way(NamedTuple):
    """How a text is said in Russian, and how much of the English one is no value."""

    said: str
    weight: int


class Entry(NamedTuple):
    """A text, and what it is in Russian by plural form."""

    english: str
    russian: Mapping[str, str]

    def whole(self, text: str) -> Way | None:
        """Return the Russian for ``text`` if it is this one, with values."""
        return self._way(self.english, text)

    def part(self, text: str) -> Way | None:
        """Return the Russian for the whole if ``text`` is a part of it."""
        if text in self.english:
            return Way(self._said({}), len(text)) if WORD.search(text) else None
        return next((way for part in _parts(self.english) if (way := self._way(part, text))), None)

    def _way(self, english: str, text: str) -> Way | None:
        weight = len(PLACEHOLDER.sub("", english).strip())
        if not weight:
            return None
        found = _pattern(english).fullmatch(text)
        return Way(self._said(found.groupdict()), weight) if found else None

    def _said(self, values: Mapping[str, str]) -> str:
        form = _plural_form(int(values.get("count", 0)))
        text = self.russian.get(form, self.russian["other"])
        return PLACEHOLDER.sub(lambda it: _value(values.get(it[1], ANYTHING)), text)


def in_russian(text: str) -> Sequence[str]:
    """Return what the pages say instead of ``text``: each way, none if they do not say it.

    Where it is but a part of what they say, that is the whole.
    """
    return _looked_up(text) or _one_by_one(BREAK.split(text))


def say(text: str) -> str:
    """Return what the pages say instead of ``text``.

    Raises:
        UnsaidError: they do not, or there are several ways.
    """
    said = in_russian(text)
    if len(said) != 1 or ANYTHING in said[0]:
        raise UnsaidError(text, said)
    return said[0]


def sought(text: str, *, exact: bool) -> str | re.Pattern[str]:
    """Return what finds ``text`` on a Russian page, itself if it is not the pages that say it."""
    ways = in_russian(text) or [text]
    if len(ways) == 1 and ANYTHING not in ways[0]:
        return ways[0]
    # Playwright writes a pattern between slashes
    either = "|".join(re.escape(way).replace(ANYTHING, ".+").replace("/", r"\/") for way in ways)
    return re.compile(f"^(?:{either})$" if exact else either, 0 if exact else re.IGNORECASE)


@functools.cache
def entries() -> Sequence[Entry]:
    """Return all that the pages, the service's messages and its roles say."""
    command = [NODE, ROOT / "tests" / "support" / "words.mjs", ROOT / "web" / "src"]
    said = json.loads(subprocess.check_output(command, text=True))  # noqa: S603 - ours
    said += [*russian.MESSAGES.items(), *((role.title_en, role.title_ru) for role in roles.BUILTIN)]
    return [
        Entry(text, ru if isinstance(ru, dict) else {"other": ru})
        for en, ru in said
        for text in (en.values() if isinstance(en, dict) else [en])
    ]


@functools.cache
def _looked_up(text: str) -> Sequence[str]:
    for look_up in (Entry.whole, Entry.part):
        ways = [way for entry in entries() if (way := look_up(entry, text))]
        if look_up is Entry.whole and text.endswith(ENDS):
            # which the pages may have added
            ended = (look_up(entry, text[:-1]) for entry in entries())
            ways += [Way(way.said + text[-1], way.weight) for way in ended if way]
        if ways:
            # "Delete the role {name}?" rather than "Delete {name}?"
            heaviest = max(way.weight for way in ways)
            return list(dict.fromkeys(way.said for way in ways if way.weight == heaviest))
    return []


def _one_by_one(texts: Sequence[str]) -> Sequence[str]:
    """Return what is said in a row, if each is said in one way."""
    ways = [_looked_up(text) for text in texts]
    return [" ".join(way[0] for way in ways)] if all(len(way) == 1 for way in ways) else []


@functools.cache
def _parts(english: str) -> Sequence[str]:
    """Return what may be sought of a text with values: words from where a sentence begins."""
    sentences = BREAK.split(english)
    ends = [" ".join(sentences[start:]).split(" ") for start in range(len(sentences))]
    parts = (" ".join(words[:count]) for words in ends for count in range(len(words), 0, -1))
    return [way for part in parts if "{" in part for way in (part, part.rstrip(",."))]


@functools.cache
def _pattern(english: str) -> re.Pattern[str]:
    pieces = PLACEHOLDER.split(english)
    pieces[::2] = map(re.escape, pieces[::2])
    pieces[1::2] = [f"(?P<{name}>{_VALUES.get(name, '[^;]+')})" for name in pieces[1::2]]
    return re.compile("".join(pieces))


def _value(value: str) -> str:
    """Return a value as it is shown, such as the title of a role."""
    ways = dict.fromkeys(entry.russian["other"] for entry in entries() if entry.english == value)
    return next(iter(ways)) if len(ways) == 1 else value


def _plural_form(count: int) -> str:
    # CLDR's rule for whole numbers in Russian
    ten, hundred = count % 10, count % 100
    if ten == 1 and hundred != 11:
        return "one"
    return "few" if 2 <= ten <= 4 and not 12 <= hundred <= 14 else "many"
