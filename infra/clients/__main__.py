"""The command ``python -m infra.clients``: write the Python client's modules anew."""

import sys

from infra import made_files
from infra.clients import written


def main() -> int:
    """Write what is not as it should be, and return the exit code."""
    made_files.make(written.modules())
    return 0


if __name__ == "__main__":
    sys.exit(main())
