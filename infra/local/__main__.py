"""The command ``python -m infra.local``: run the whole API on this machine until told to stop."""

import argparse
import logging
import os
import signal
import sys
import time
from collections.abc import Sequence
from contextlib import ExitStack, redirect_stdout
from functools import partial
from pathlib import Path
from types import FrameType
from typing import TextIO, cast
from urllib.parse import urlsplit

from rich.console import Console

from infra.local import session, welcome
from infra.local.cannot_run import CannotRunError
from infra.local.function_log import ReadableLog
from infra.local.mail import screen
from infra.local.mail.outbox import Outbox
from infra.local.output import HeldOutput
from infra.local.server import PortError, listen_as_localhost
from infra.local.template.declarations import TemplateError

DEFAULT_PORT = 3000
MAX_PORT = 65_535
# what is shown while it runs, by what --logs says
BELOW = {"lines": "a line for each request", "json": "what Lambda would log"}
STOPPING = (signal.SIGTERM, signal.SIGHUP)
LOOK_UP_SECONDS = 0.5


def main(arguments: Sequence[str] | None = None) -> int:
    """Run until Ctrl-C, SIGTERM or the end of the terminal, and return the exit code."""
    options = _parser().parse_args(arguments)
    logging.basicConfig(level=logging.WARNING, format="%(levelname)s %(message)s")
    logging.getLogger("infra").setLevel(logging.INFO)
    # its pool suits Lambda, where one request runs at a time; more of them are no harm here
    logging.getLogger("urllib3.connectionpool").setLevel(logging.ERROR)
    for number in STOPPING:
        signal.signal(number, _interrupt)
    console = Console(file=sys.stdout, highlight=False)
    try:
        with ExitStack() as running:
            _run(options, running, console)
    except PortError as error:
        return _refuse(f"{error}. Choose another: make run PORT={options.port + 1}")
    except (TemplateError, CannotRunError) as error:
        return _refuse(str(error))
    except KeyboardInterrupt:
        console.print(f"\nStopped. {_farewell(options.keep_in)}", style="dim")
    return 0


def _run(options: argparse.Namespace, running: ExitStack, console: Console) -> None:
    listeners = listen_as_localhost(options.port)
    held = HeldOutput(sys.stdout)
    # what is said meanwhile follows the welcome
    below = Console(file=cast("TextIO", held), force_terminal=console.is_terminal, highlight=False)
    running.callback(held.release)
    running.enter_context(redirect_stdout(held if options.logs == "json" else ReadableLog(below)))

    # slow to import, and neither a taken port nor Ctrl-C should have to wait for it
    from infra.local import built_pages  # noqa: PLC0415
    from infra.local.api_gateway import access_log  # noqa: PLC0415
    from infra.local.aws.kept import kept, nothing_kept  # noqa: PLC0415
    from infra.local.run import Place, started  # noqa: PLC0415

    run = running.enter_context(
        started(
            Place(listeners, options.session_file),
            _parameters(options),
            Outbox(partial(screen.show, below)),
            kept=(
                running.enter_context(kept(options.keep_in, options.dynamodb_url))
                if options.keep_in
                else nothing_kept(options.dynamodb_url)
            ),
            log=_silent if options.logs == "json" else partial(access_log.show, below),
        )
    )
    welcome.show(console, run, options.keep_in, BELOW[options.logs])
    held.release()
    if options.build_pages and run.pages_url:
        running.enter_context(built_pages.building(below.print))
    while True:
        # a signal that another thread takes wakes nobody here, so look up for it now and then
        time.sleep(LOOK_UP_SECONDS)


def _parameters(options: argparse.Namespace) -> dict[str, str]:
    origins = {} if options.origins is None else {"AllowedOrigins": options.origins}
    return {**origins, **dict(options.parameter)}


def _farewell(keep_in: Path | None) -> str:
    if keep_in:
        return f"Data and keys are kept in {welcome.near(keep_in)}."
    return "Its data and keys are gone; make run KEEP=yes keeps them."


def _silent(_answered: object) -> None:
    """Say nothing: what the functions log tells of each request."""


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
        "--keep-in",
        type=Path,
        metavar="FOLDER",
        help="keep data and keys in this folder, for the next run (default: keep nothing)",
    )
    parser.add_argument(
        "--logs",
        choices=BELOW,
        default="lines",
        help="show a line for each request, or what Lambda would log (default: lines)",
    )
    parser.add_argument(
        "--origins",
        type=_origins,
        metavar="URL,URL",
        help="where the pages are that may call the API from a browser (CORS)",
    )
    parser.add_argument(
        "--parameter",
        action="append",
        default=[],
        type=_assignment,
        metavar="NAME=VALUE",
        help="a parameter of template.yaml, such as BcryptCost=10",
    )
    parser.add_argument(
        "--build-pages",
        action="store_true",
        help="build the pages beside it, where they are not as their sources are",
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


def _origins(text: str) -> str:
    for origin in text.split(","):
        # what a browser sends: a scheme and a host, lower case, and nothing behind them
        parts = urlsplit(origin.strip())
        if (
            parts.scheme not in ("http", "https")
            or f"{parts.scheme}://{parts.netloc}" != parts.geturl()
        ):
            raise argparse.ArgumentTypeError(f"{origin} is not like http://localhost:5173")
    return text


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
    code = main()
    sys.stdout.flush()
    sys.stderr.flush()
    # a function that is at work still is in a thread that Python's own end would abort in
    os._exit(code)
