"""Files that only their owner may read."""

import os
import tempfile
from collections.abc import Iterable
from pathlib import Path
from typing import IO


def opened(path: Path) -> IO[bytes]:
    """Return the file, made if it is not there, open to be read and written."""
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    return os.fdopen(descriptor, "r+b")


def replace(path: Path, lines: Iterable[str]) -> None:
    """Put a file with these lines where ``path`` is, whole or not at all."""
    # mkstemp makes files of mode 0600
    descriptor, temporary = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    try:
        with os.fdopen(descriptor, "w", encoding="utf-8") as file:
            file.writelines(f"{line}\n" for line in lines)
        Path(temporary).replace(path)
    except BaseException:
        Path(temporary).unlink(missing_ok=True)
        raise
