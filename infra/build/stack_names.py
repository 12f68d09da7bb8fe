"""The command ``python -m infra.build.stack_names``: refuse names that are too long for a stack.

The name is a part of the names of tables and queue, and these are in the environment of every
function, which Lambda limits to 4,096 bytes. Only a deployment would tell otherwise, half-way.
"""

import sys
import tomllib
from collections.abc import Iterator, Sequence
from pathlib import Path

from infra.build.target import ROOT

LONGEST = 32


def main(arguments: Sequence[str] | None = None) -> int:
    """Say which names in a samconfig.toml are too long, and return the exit code."""
    given = sys.argv[1:] if arguments is None else arguments
    config = Path(given[0]) if given else ROOT / "samconfig.toml"
    too_long = [name for name in configured(config) if len(name) > LONGEST]
    for name in too_long:
        sys.stderr.write(f"{config.name}: stack_name {name} has over {LONGEST} characters.\n")
    return 1 if too_long else 0


def configured(config: Path) -> Iterator[str]:
    """Return the names of all stacks that a samconfig.toml knows."""
    for environment in tomllib.loads(config.read_text(encoding="utf-8")).values():
        for command in environment.values() if isinstance(environment, dict) else ():
            if name := command.get("parameters", {}).get("stack_name"):
                yield str(name)


if __name__ == "__main__":
    sys.exit(main())
