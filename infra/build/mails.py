"""The deployer's own mails: the folder ``mails``, checked, and put into the layer.

``mails/<language>.toml`` has words in the place of ours: a greeting, and a table for each kind of
mail with its subject, paragraphs and button. ``mails/page.html`` is the page around them. All are
optional, and what is not there stays as it is.
"""

import json
import tomllib
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from string import Formatter, Template
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from accounts.mail import replaced
from accounts.mail.letters import BLANKS_OF_THE_PAGE
from accounts.mail.wordings import HELLO, WORDINGS, Wording
from infra.build.target import ROOT

FOLDER = ROOT / "mails"
PAGE = "page.html"
# mail programs cut longer ones off
MAX_PAGE_BYTES = 50_000
# may be named in any wording, and need not be
KNOWN_TO_ALL = frozenset({"name", "service"})

_Line = Annotated[str, Field(min_length=1, max_length=1000, pattern=r"^[^\x00-\x1f\x7f]+$")]


class MailsError(Exception):
    """The folder cannot be used; the text says what is wrong, a line for each thing."""


class _Words(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True)

    subject: _Line
    paragraphs: Annotated[list[_Line], Field(min_length=1)]
    button: _Line | None = None

    @property
    def blanks(self) -> frozenset[str]:
        """Return the blanks to be filled in; raises MailsError where one cannot be."""
        return _blanks(" ".join([self.subject, *self.paragraphs]))


class _Language(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True)

    hello: _Line | None = None
    hello_somebody: _Line | None = None
    mails: dict[str, _Words] = {}


def install(text: str, accounts: Path) -> None:
    """Put what was checked into the package ``accounts``, where letters look for it."""
    (accounts / "mail" / replaced.PATH.name).write_text(text, encoding="utf-8")


def checked(folder: Path) -> str | None:
    """Return what ``folder`` replaces, as ``accounts.mail.replaced`` reads it, or None.

    Raises:
        MailsError: a file is none of these, a blank is missing or unknown, or the like.
    """
    if not folder.is_dir():
        return None
    problems: list[str] = []
    languages: dict[str, _Language] = {}
    page = None
    for path in sorted(folder.iterdir()):
        try:
            if path.name == PAGE:
                page = _page(path)
            else:
                languages[path.stem] = _language(path)
        except (MailsError, ValueError) as error:
            problems += [f"{path}: {line}" for line in str(error).splitlines()]
    if problems:
        raise MailsError("\n".join(problems))
    told = {
        "words": {
            language: {
                kind: words.model_dump(exclude_none=True) for kind, words in own.mails.items()
            }
            for language, own in languages.items()
        },
        "greetings": {name: own.hello for name, own in languages.items() if own.hello},
        "somebody": {
            name: own.hello_somebody for name, own in languages.items() if own.hello_somebody
        },
        "page": page,
    }
    return json.dumps(told, ensure_ascii=False, indent=1)


def _page(path: Path) -> str:
    text = path.read_text(encoding="utf-8")
    page = Template(text)
    if len(text.encode()) > MAX_PAGE_BYTES:
        raise MailsError(f"is longer than {MAX_PAGE_BYTES} bytes")
    if not page.is_valid():
        raise MailsError("has a $ that begins no blank; $$ stands for a dollar")
    _compare(frozenset(page.get_identifiers()), BLANKS_OF_THE_PAGE, frozenset(), "${}".format)
    return text


def _language(path: Path) -> _Language:
    if path.suffix != ".toml" or path.stem not in HELLO:
        known = ", ".join([PAGE, *(f"{language}.toml" for language in HELLO)])
        raise MailsError(f"is none of {known}")
    told = tomllib.loads(path.read_text(encoding="utf-8"))
    try:
        own = _Language.model_validate(told)
    except ValidationError as error:
        raise MailsError("\n".join(_complaints(error))) from None
    if own.hello:
        _compare(_blanks(own.hello), frozenset({"name"}), KNOWN_TO_ALL, "{{{}}}".format)
    if own.hello_somebody and _blanks(own.hello_somebody):
        raise MailsError("hello_somebody has no blanks")
    problems = list(_wrong(own.mails, path.stem))
    if problems:
        raise MailsError("\n".join(problems))
    return own


def _wrong(mails: Mapping[str, _Words], language: str) -> Iterator[str]:
    for kind, words in mails.items():
        try:
            _compare_words(words, WORDINGS.get((kind, language)))
        except MailsError as error:
            yield f"mails.{kind}: {error}"


def _compare_words(own: _Words, ours: Wording | None) -> None:
    """Raise MailsError unless these words may stand in the place of ours."""
    if ours is None:
        raise MailsError("there is no such mail")
    if bool(ours.button) != bool(own.button):
        raise MailsError("has a link, and needs a button" if ours.button else "has no link")
    needed = _blanks(" ".join([ours.subject, *ours.paragraphs])) - KNOWN_TO_ALL
    _compare(own.blanks, needed, KNOWN_TO_ALL, "{{{}}}".format)
    if own.button and _blanks(own.button):
        raise MailsError("a button has no blanks")


def _blanks(text: str) -> frozenset[str]:
    try:
        parts = [part[1:] for part in Formatter().parse(text) if part[1] is not None]
    except ValueError:
        raise MailsError("a brace stands alone; {{ and }} stand for braces") from None
    for name, form, conversion in parts:
        # {name.__class__} or {name!r:>99} would show what nobody meant
        if form or conversion or not (name or "").isidentifier():
            raise MailsError(f"{{{name}}} is no plain name in braces")
    return frozenset(name for name, _, _ in parts if name)


def _compare(
    found: frozenset[str],
    needed: frozenset[str],
    allowed: frozenset[str],
    spelt: Callable[[str], str],
) -> None:
    if lacking := needed - found:
        raise MailsError(f"lacks {', '.join(map(spelt, sorted(lacking)))}")
    if unknown := found - needed - allowed:
        raise MailsError(f"cannot fill in {', '.join(map(spelt, sorted(unknown)))}")


def _complaints(error: ValidationError) -> Iterator[str]:
    for problem in error.errors():
        place = ".".join(map(str, problem["loc"]))
        yield f"{place}: {problem['msg']}"
