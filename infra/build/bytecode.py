"""Compiling what ships, so that Lambda need not do it again at every cold start."""

import subprocess
from pathlib import Path


class BytecodeError(Exception):
    """A module does not compile; the text names it."""


def compile_all(packages: Path, interpreter: Path, mount: Path) -> None:
    """Compile every module under ``packages`` with a Python of Lambda's own minor version.

    ``mount`` is where they will be; tracebacks name files by it.

    The bytecode is marked as never to be compared with its source: neither packing nor unpacking
    a layer keeps the times by which Python otherwise tells. The same sources give the same bytes.

    Raises:
        BytecodeError: something does not compile.
    """
    command = [
        *(str(interpreter), "-I", "-m", "compileall", "-q"),
        *("--invalidation-mode", "unchecked-hash"),
        *("-s", str(packages), "-p", str(mount), str(packages)),
    ]
    done = subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: S603 - our own arguments
    if done.returncode:
        raise BytecodeError((done.stdout + done.stderr).strip())
