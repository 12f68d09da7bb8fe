"""What the service logs."""

import io
import json
from typing import Any


class Log:
    """The log so far."""

    def __init__(self, stream: io.StringIO) -> None:
        self._stream = stream

    @property
    def text(self) -> str:
        """Return it as it came out."""
        return self._stream.getvalue()

    @property
    def lines(self) -> list[dict[str, Any]]:
        """Return its lines, each of which is a JSON object."""
        lines = [json.loads(line) for line in self.text.splitlines()]
        assert all(isinstance(line, dict) for line in lines)
        return lines

    def named(self, message: str) -> list[dict[str, Any]]:
        """Return the lines with this message."""
        return [line for line in self.lines if line["message"] == message]
