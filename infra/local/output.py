"""Hold standard output back until the welcome has been printed."""

import io
from typing import TextIO


class HeldOutput(io.TextIOBase):
    """Keeps what is written until :meth:`release`, then passes everything on at once.

    The functions log to standard output, as on Lambda, from the first request on, which is one
    of the stack's own.
    """

    def __init__(self, target: TextIO) -> None:
        self._target = target
        self._held: list[str] | None = []

    def write(self, text: str) -> int:
        """Keep ``text``, or pass it on."""
        if self._held is None:
            return self._target.write(text)
        self._held.append(text)
        return len(text)

    def flush(self) -> None:
        """Flush what has been passed on."""
        self._target.flush()

    def release(self) -> None:
        """Pass on what was kept, and from now on everything."""
        held, self._held = self._held or [], None
        self._target.writelines(held)
        self._target.flush()
