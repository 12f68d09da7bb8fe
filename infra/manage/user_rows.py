"""The rows of a CSV as the lines of JSON that :mod:`infra.manage.user_lines` reads.

The first row names the columns, as the members of a line are named. An empty cell says nothing.
"""

import csv
import io
import json
from collections.abc import Iterator
from typing import BinaryIO

from infra.manage.problems import RefusedError
from infra.manage.user_lines import LONGEST_LINE_BYTES, UserLine

_WORDS = {"true": True, "false": False}
_NUMBERS = ("id",)
_FLAGS = ("email_confirmed",)
# what a cell cannot say
_COLUMNS = tuple(name for name in UserLine.model_fields if name != "second_factors")


def numbered(file: BinaryIO) -> Iterator[tuple[int, bytes | None]]:
    """Yield the rows with the numbers of their last lines; a row too long to be one is None.

    Raises:
        RefusedError: the file is no CSV in UTF-8, or has other columns.
    """
    text = io.TextIOWrapper(file, encoding="utf-8-sig", newline="")
    rows = csv.reader(text, strict=True)
    try:
        columns = _columns(next(rows, []))
        for row in rows:
            yield rows.line_num, _line(columns, row)
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


def _line(columns: list[str], row: list[str]) -> bytes | None:
    if not any(row):
        return b""
    if len(row) != len(columns):
        # which no line of JSON is
        return json.dumps([f"{len(row)} cells"]).encode()
    given = {n: _value(n, cell) for n, cell in zip(columns, row, strict=True) if cell != ""}
    line = json.dumps(given, ensure_ascii=False).encode()
    return line if len(line) < LONGEST_LINE_BYTES else None


def _value(column: str, cell: str) -> str | int | bool:
    if column in _FLAGS:
        return _WORDS.get(cell.lower(), cell)
    if column in _NUMBERS and cell.isascii() and cell.isdigit():
        return int(cell)
    return cell
