"""The command ``python -m infra.openapi``: write openapi.json anew, and say if it changed."""

import sys

from infra import made_files
from infra.openapi import document
from infra.openapi.operations import UndescribedError
from infra.openapi.raised import NotUnderstoodError


def main() -> int:
    """Write the document if it is not as it should be, and return the exit code."""
    try:
        text = document.text()
    except (UndescribedError, NotUnderstoodError) as error:
        sys.stderr.write(f"openapi.json cannot be written: {error}\n")
        return 1
    made_files.make({document.PATH: text})
    return 0


if __name__ == "__main__":
    sys.exit(main())
