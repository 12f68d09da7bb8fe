"""The command ``python -m infra.local``: run the whole API on this machine until told to stop."""

import argparse
import logging
import os
import signal
import sys
from collections.abc import Sequence
from contextlib import ExitStack, redirect_stdout
from functools import partial
from pathlib import Path
from types import FrameType

from rich.console import Console

from infra.local import session, welcome
from infra.local.mail import screen
from infra.local.mail.outbox import Outbox
from infra.local.output import HeldOutput
from infra.local.server import PortError, listen
from infra.local.template.declarations import TemplateError

DEFAULT_PORT = 3000
MAX_PORT = 65_535


def main(arguments: Sequence[str] | None = None) -> int:
    """Run until Ctrl-C or SIGTERM and return the exit code."""
    options = _parser().parse_args(arguments)
    logging.basicConfig(level=logging.WARNING, format="%(levelname)s %(message)s")
    # its pool suits Lambda, where one request runs at a time; more of them are no harm here
    logging.getLogger("urllib3.connectionpool").setLevel(logging.ERROR)
    console = Console(file=sys.stdout, highlight=False)
    signal.signal(signal.SIGTERM, _interrupt)
    output = HeldOutput(sys.stdout)
    try:
        with ExitStack() as running, redirect_stdout(output):
            running.callback(output.release)
            _start(options, running, console)
            output.release()
            signal.pause()
    except PortError as error:
        return _refuse(f"{error}. Choose another: make run PORT={options.port + 1}")
    except TemplateError as error:
        return _refuse(str(error))
    except KeyboardInterrupt:
        console.print("\nStopped.", style="dim")
    return 0


def _start(options: argparse.Namespace, running: ExitStack, console: Console) -> None:
    listener = listen(options.port)

    # slow to import, and neither a taken port nor Ctrl-C should have to wait for it
    from infra.local.run import started  # noqa: PLC0415

    outbox = Outbox(partial(screen.show, console))
    parameters = dict(options.parameter)
    run = running.enter_context(started(listener, parameters, options.dynamodb_url, outbox))
    running.enter_context(session.published(options.session_file, run.session()))
    welcome.show(console, run, options.session_file)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m infra.local",
        description="Run the whole API on this machine until told to stop.",
    )
    parser.add_argument(
        "--port",
        type=_port,
        default=os.environ.get("PORT") or str(DEFAULT_PORT),
        help="where to listen; 0 takes a free one (default: $PORT, or 3000)",
    )
    parser.add_argument(
        "--session-file",
        type=Path,
        default=session.file(),
        help="where scripts find addresses and tokens (default: $SESSION, or .local/session.json)",
    )
    parser.add_argument(
        "--parameter",
        action="append",
        default=[],
        type=_assignment,
        metavar="NAME=VALUE",
        help="a parameter of template.yaml, such as AllowedOrigins=http://localhost:5173",
    )
    parser.add_argument(
        "--dynamodb-url",
        default=os.environ.get("DYNAMODB_URL"),
        help="another DynamoDB to use, such as DynamoDB Local (default: $DYNAMODB_URL, or moto)",
    )
    return parser


def _port(text: str) -> int:
    if not (text.isascii() and text.isdigit() and int(text) <= MAX_PORT):
        raise argparse.ArgumentTypeError(f"{text} is no port number")
    return int(text)


def _assignment(text: str) -> tuple[str, str]:
    name, equals, value = text.partition("=")
    if not (name and equals):
        raise argparse.ArgumentTypeError(f"{text} is not NAME=VALUE")
    return name, value


def _refuse(reason: str) -> int:
    Console(stderr=True, highlight=False).print(reason, style="red", markup=False, soft_wrap=True)
    return 1


def _interrupt(_number: int, _frame: FrameType | None) -> None:
    raise KeyboardInterrupt


if __name__ == "__main__":
    sys.exit(main())
