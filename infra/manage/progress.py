"""How far a long command has come: a bar on a terminal, now and then a line elsewhere."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import IO

from rich.console import Console
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    TaskProgressColumn,
    TextColumn,
    TimeRemainingColumn,
)

LINE_SECONDS = 5

# told how many more are done
Advance = Callable[[int], None]


@contextmanager
def shown(doing: str, total: int | None) -> Iterator[Advance]:
    """Show how many of ``total``, or of nobody knows how many, are done while this lasts."""
    console = Console(stderr=True)
    if not console.is_terminal:
        yield Lines(doing, total, console.file).advance
        return
    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        TaskProgressColumn(),
        MofNCompleteColumn(),
        TimeRemainingColumn(),
    )
    with Progress(*columns, console=console) as bars:
        task = bars.add_task(doing, total=total)
        yield lambda count: bars.advance(task, count)


class Lines:
    """Progress as lines of text."""

    def __init__(
        self,
        doing: str,
        total: int | None,
        file: IO[str],
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._doing = doing
        self._of_total = f" of {total:,}" if total is not None else ""
        self._file = file
        self._clock = clock
        self._done = 0
        self._next = clock() + LINE_SECONDS

    def advance(self, count: int) -> None:
        """Say how many are done, unless that was said a moment ago."""
        self._done += count
        if self._clock() >= self._next:
            self._next = self._clock() + LINE_SECONDS
            self._file.write(f"{self._doing} {self._done:,}{self._of_total}\n")
            self._file.flush()
