"""The rows of a CSV as the lines of JSON that :mod:`infra.manage.user_lines` reads.

The first row names the columns, as the members of a line are named. An empty cell says nothing.
"""

import csv
import io
import json
from collections.abc import Generator, Iterator, Mapping, Sequence
from contextlib import closing
from typing import BinaryIO

from infra.manage.problems import RefusedError
from infra.manage.user_lines import LONGEST_LINE_BYTES, Line, LineRefusedError, UserLine, too_long

_WORDS = {"true": True, "false": False}
_NUMBERS = ("id",)
_FLAGS = ("email_confirmed",)
# what a cell cannot say
_COLUMNS = tuple(name for name in UserLine.model_fields if name != "second_factors")


def numbered(file: BinaryIO) -> Iterator[tuple[int, Line]]:
    """Yield the rows with the numbers of their last lines.

    Raises:
        RefusedError: the file is no CSV in UTF-8, or has other columns.
    """
    with closing(read(file)) as rows:
        _, names = next(rows)
        columns = _columns(names)
        for number, row in rows:
            yield number, _line(columns, row)


def read(file: BinaryIO) -> Generator[tuple[int, list[str]]]:
    """Yield the cells of each row with the number of its last line; of an empty file an empty row.

    Raises:
        RefusedError: the file is no CSV in UTF-8.
    """
    text = io.TextIOWrapper(file, encoding="utf-8-sig", newline="")
    rows = csv.reader(text, strict=True)
    try:
        yield 1, next(rows, [])
        for row in rows:
            yield rows.line_num, row
    except (csv.Error, UnicodeDecodeError) as error:
        raise RefusedError(f"Line {rows.line_num + 1} is no CSV in UTF-8: {error}") from error
    finally:
        # whoever opened the file closes it
        text.detach()


def _columns(row: list[str]) -> list[str]:
    columns = [name.strip() for name in row]
    unknown = sorted(set(columns) - set(_COLUMNS))
    if unknown or "email" not in columns or len(set(columns)) != len(columns):
        raise RefusedError(
            "The first line of a CSV must name its columns, each once: email and name, and any of"
            f" {', '.join(_COLUMNS)}."
        )
    return columns


def _line(columns: list[str], row: list[str]) -> Line:
    if not any(row):
        return b""
    if len(row) != len(columns):
        return other_width(columns, row)
    given = {n: _value(n, cell) for n, cell in zip(columns, row, strict=True) if cell != ""}
    return written(given)


def other_width(columns: Sequence[str], row: Sequence[str]) -> LineRefusedError:
    """Return what is said of a row that has more or fewer cells than there are columns."""
    return LineRefusedError(f"{len(row)} cells for {len(columns)} columns")


def written(given: Mapping[str, object]) -> Line:
    """Return the line that says this."""
    line = json.dumps(given, ensure_ascii=False).encode()
    return line if len(line) < LONGEST_LINE_BYTES else too_long()


def _value(column: str, cell: str) -> str | int | bool:
    if column in _FLAGS:
        return _WORDS.get(cell.lower(), cell)
    if column in _NUMBERS and cell.isascii() and cell.isdigit():
        return int(cell)
    return cell
