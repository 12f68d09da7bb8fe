"""The command ``python -m infra.docs``: write everything anew and say which files changed."""

import sys

from infra import made_files
from infra.docs import generated


def main() -> int:
    """Write what is not as it should be, and return the exit code."""
    made_files.make(generated.files())
    return 0


if __name__ == "__main__":
    sys.exit(main())
