"""What functions log, for a person: warnings and crashes in readable lines, and no more.

Each request has its line in ``access_log`` already, which says what a person wants to know of it.
"""

import io
import json
import threading
from collections.abc import Iterator
from typing import Any

from rich.console import Console
from rich.text import Text

from infra.local.terminal import plain

STYLES = {"WARNING": "yellow", "ERROR": "red", "CRITICAL": "red"}
# what every line has, and whoever reads it here knows
KNOWN = frozenset({"level", "message", "timestamp", "service", "causes", "_aws"})


class ReadableLog(io.TextIOBase):
    """A standard output for functions: shows on ``console`` what they log there.

    What is no log line, such as what somebody prints while working on a function, is shown as
    it is.
    """

    def __init__(self, console: Console) -> None:
        self._console = console
        self._begun = ""
        self._lock = threading.Lock()

    def write(self, text: str) -> int:
        """Show each line that ends in ``text``."""
        with self._lock:
            *lines, self._begun = (self._begun + text).split("\n")
        for line in lines:
            self._show(line)
        return len(text)

    def _show(self, line: str) -> None:
        record = _record(line)
        if record is None:
            self._console.print(line, markup=False, soft_wrap=True)
        elif style := STYLES.get(record["level"]):
            text = "\n".join(map(plain, _lines(record)))
            self._console.print(Text(text, style), soft_wrap=True)


def _record(line: str) -> dict[str, Any] | None:
    try:
        record = json.loads(line)
    except ValueError:
        return None
    return record if isinstance(record, dict) and "level" in record else None


def _lines(record: dict[str, Any]) -> Iterator[str]:
    """Yield what happened, and of a crash where."""
    facts = (f"{name}={value}" for name, value in record.items() if name not in KNOWN)
    yield "  ".join((record["level"], str(record.get("message")), *facts))
    for cause in record.get("causes", ()):
        yield f"  {cause['type']} {cause.get('code', '')}".rstrip()
        yield from (f"    {frame}" for frame in cause["frames"])
