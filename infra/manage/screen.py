"""What the person sees: results on standard output, for scripts too; everything else beside it."""

import shutil
import sys
from collections.abc import Collection, Sequence
from datetime import UTC, datetime

GAP = "  "
NARROWEST = 8


def show(result: str) -> None:
    """Write a result."""
    sys.stdout.write(f"{result}\n")
    sys.stdout.flush()


def say(note: str) -> None:
    """Write what is for a person only."""
    sys.stderr.write(f"{printable(note)}\n")
    sys.stderr.flush()


def show_table(titles: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    """Write rows under their titles, in columns; a terminal is not written beyond its width."""
    cells = [[*titles], *([printable(cell) for cell in row] for row in rows)]
    widths = [max(map(len, column)) for column in zip(*cells, strict=True)]
    if sys.stdout.isatty():
        # which somebody copies, to go on with
        ids = [at for at, title in enumerate(titles) if title.endswith("ID")]
        widths = fitting(widths, shutil.get_terminal_size().columns, ids)
    for row in cells:
        fitted = (_fitted(cell, width) for cell, width in zip(row, widths, strict=True))
        show(GAP.join(fitted).rstrip())


def fitting(widths: Sequence[int], most: int, whole: Collection[int] = ()) -> list[int]:
    """Return widths that fit, with what lies between columns, into ``most`` if any can.

    The widest columns give way, but for those at ``whole``.
    """
    fitted = [*widths]
    room = most - len(GAP) * (len(fitted) - 1)
    giving = [at for at in range(len(fitted)) if at not in whole and fitted[at] > NARROWEST]
    while sum(fitted) > room and giving:
        widest = max(giving, key=lambda at: fitted[at])
        fitted[widest] -= 1
        if fitted[widest] == NARROWEST:
            giving.remove(widest)
    return fitted


def _fitted(cell: str, width: int) -> str:
    return cell.ljust(width) if len(cell) <= width else f"{cell[: width - 1]}…"


def time(moment: datetime) -> str:
    """Return a time as tables and sentences have it."""
    return moment.astimezone(UTC).strftime("%Y-%m-%d %H:%M UTC")


def counted(number: int, thing: str, things: str | None = None) -> str:
    """Return a number of things in words."""
    return f"{number:,} {thing if number == 1 else things or f'{thing}s'}"


def printable(text: str) -> str:
    """Return text that cannot steer the terminal, whoever it came from."""
    return "".join(c if c.isprintable() else "\N{REPLACEMENT CHARACTER}" for c in text)
