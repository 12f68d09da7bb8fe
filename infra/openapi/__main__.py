"""The command ``python -m infra.openapi``: write openapi.json anew, and say if it changed."""

import sys

from infra.local import ROOT
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
    path = document.PATH
    if not path.exists() or path.read_text(encoding="utf-8") != text:
        path.parent.mkdir(exist_ok=True)
        path.write_text(text, encoding="utf-8")
        sys.stdout.write(f"Written: {path.relative_to(ROOT)}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
