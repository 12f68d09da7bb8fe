"""The command ``python -m infra.docs``: write everything anew and say which files changed."""

import sys

from infra.docs import generated
from infra.local import ROOT


def main() -> int:
    """Write what is not as it should be, and return the exit code."""
    for path, text in generated.outdated().items():
        path.write_text(text, encoding="utf-8")
        sys.stdout.write(f"Written: {path.relative_to(ROOT)}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
