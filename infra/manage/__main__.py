"""The command ``python -m infra.manage``."""

import sys
from collections.abc import Sequence

from infra.manage.arguments import read

INTERRUPTED = 130


def main(arguments: Sequence[str] | None = None) -> int:
    """Do what the arguments ask for and return the exit code."""
    options = read(sys.argv[1:] if arguments is None else arguments)

    # slow to import, and of no use to --help
    from infra.manage import commands, deployments, problems, screen  # noqa: PLC0415

    try:
        deployment = deployments.find(options)
        deployment.enter()
        return commands.run(options, deployment)
    except problems.EXPECTED as error:
        screen.say(problems.explained(error))
        return 1
    except KeyboardInterrupt:
        screen.say("Interrupted.")
        return INTERRUPTED


if __name__ == "__main__":
    sys.exit(main())
