"""Doing the same to many accounts: on after a refusal, with a word on each."""

import json
from collections.abc import Callable, Iterator, Sequence
from enum import StrEnum
from pathlib import Path
from typing import NamedTuple

from accounts.errors import AccountsError, UnavailableError
from infra.manage import progress
from infra.manage.problems import RefusedError, explained
from infra.manage.screen import say, show

_BYTE_ORDER_MARK = "\ufeff"


class Outcome(StrEnum):
    """What became of one account."""

    DONE = "done"
    # so that the same command can be run again
    ALREADY = "already"
    REFUSED = "refused"


class Result(NamedTuple):
    """The outcome, and what to tell a person of it."""

    outcome: Outcome
    told: str


Deed = Callable[[str], Result]


def targets(named: Sequence[str], file: Path | None) -> Sequence[str]:
    """Return the e-mails and ids that were named and those in the file, one a line, each once.

    Raises:
        RefusedError: there are none, or the file is no text in UTF-8.
        OSError: the file cannot be read.
    """
    found = [*named, *(_lines(file) if file else ())]
    if not found:
        raise RefusedError("Name accounts by e-mail or id, or a file of them with --file.")
    return list(dict.fromkeys(found))


def act(whom: Sequence[str], doing: str, deed: Deed, *, as_json: bool) -> int:
    """Do the deed to each of them, telling what became of it; 1 means that some were refused.

    Raises:
        UnavailableError: AWS did not do its part; what was not told of is not done.
    """
    counts = dict.fromkeys(Outcome, 0)
    is_one = len(whom) == 1
    with progress.shown(doing, None if is_one else len(whom)) as advance:
        for one in whom:
            result = _result(deed, one)
            counts[result.outcome] += 1
            _tell(one, result, as_json=as_json)
            advance(1)
    if not (is_one or as_json):
        say(
            f"{counts[Outcome.DONE]:,} done, {counts[Outcome.ALREADY]:,} so already,"
            f" {counts[Outcome.REFUSED]:,} refused."
        )
    return 1 if counts[Outcome.REFUSED] else 0


def _result(deed: Deed, whom: str) -> Result:
    try:
        return deed(whom)
    except UnavailableError:
        raise
    except (RefusedError, AccountsError) as error:
        return Result(Outcome.REFUSED, explained(error))


def _tell(whom: str, result: Result, *, as_json: bool) -> None:
    if as_json:
        told = {"account": whom, "outcome": result.outcome, "message": result.told}
        show(json.dumps(told, ensure_ascii=False))
    elif result.outcome == Outcome.REFUSED:
        say(f"{whom}: {result.told}" if whom not in result.told else result.told)
    else:
        say(result.told)


def _lines(file: Path) -> Iterator[str]:
    try:
        text = file.read_text(encoding="utf-8")
    except UnicodeDecodeError as error:
        raise RefusedError(f"{file} is not text in UTF-8.") from error
    for line in text.removeprefix(_BYTE_ORDER_MARK).splitlines():
        whom = line.strip()
        if whom and not whom.startswith("#"):
            yield whom
