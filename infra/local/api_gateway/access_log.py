"""The access log: one readable line for each request that was answered."""

import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from rich.console import Console
from rich.text import Text
from werkzeug import Response

from infra.local.server import RAW_TARGET
from infra.local.terminal import plain

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

# the header in which our answers carry their stable code
CODE = "x-error-code"
# by the first digit of the status
STYLES = {"2": "green", "3": "green", "4": "yellow", "5": "red"}


@dataclass(frozen=True)
class Answered:
    """A request and its answer; ``code`` is empty where the answer has none."""

    at: datetime
    method: str
    path: str
    status: str
    milliseconds: float
    code: str


def logged(application: "WSGIApplication", log: Callable[[Answered], None]) -> "WSGIApplication":
    """Return ``application`` with each request that it has answered handed to ``log``."""

    def wrapped(environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
        at, began = datetime.now().astimezone(), time.perf_counter()
        response = Response.from_app(application, environ, buffered=True)
        log(
            Answered(
                at,
                environ["REQUEST_METHOD"],
                environ[RAW_TARGET].partition("?")[0],
                str(response.status_code),
                (time.perf_counter() - began) * 1000,
                response.headers.get(CODE, ""),
            )
        )
        return response(environ, start_response)

    return wrapped


def show(console: Console, answered: Answered) -> None:
    """Print the line, in one piece, however narrow the terminal is."""
    line = Text()
    line.append(f"{answered.at:%H:%M:%S}  ", "dim")
    line.append(f"{plain(answered.method):<7} {plain(answered.path):<46}")
    line.append(f" {answered.status}", STYLES.get(answered.status[0], ""))
    line.append(f" {answered.milliseconds:>6.0f} ms", "dim")
    line.append(f"  {plain(answered.code)}" if answered.code else "", "yellow")
    console.print(line, soft_wrap=True)
