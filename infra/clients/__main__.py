"""The command ``python -m infra.clients``: write the Python client's modules anew."""

import sys

from infra.clients import written
from infra.local import ROOT


def main() -> int:
    """Write what is not as it should be, and return the exit code."""
    for path, text in written.modules().items():
        path.write_text(text, encoding="utf-8")
        sys.stdout.write(f"Written: {path.relative_to(ROOT)}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
