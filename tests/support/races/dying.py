"""A process that handles one event as Lambda would, and ends beside one of its calls to AWS.

``python -m tests.support.races.dying`` reads from standard input what to do; see ``Order``.
"""

import json
import os
import sys
import time
import uuid
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import pytest

from infra.local.lambdas.in_process import Context, load_module
from infra.local.template.declarations import Function
from tests.support.races.interference import Aws, Call, Interference

STATUS = 86
SECONDS = 15


@dataclass(frozen=True)
class Order:
    """Which function to run on which event, and beside which call to end."""

    code: str
    handler: str
    event: Mapping[str, Any]
    number: int
    after: bool

    def text(self) -> str:
        """Return it as the process reads it."""
        return json.dumps(asdict(self))


@dataclass(frozen=True)
class Exits(Interference):
    """The process ends right before or right after the call, with nothing cleaned up."""

    after: bool

    def around_call(self, _call: Call, send: Callable[[], object]) -> object:
        """End."""
        if self.after:
            send()
        os._exit(STATUS)


def main() -> None:
    """Carry out the order on standard input."""
    order = Order(**json.load(sys.stdin))
    function = Function("Dying", order.handler, Path(order.code), {}, SECONDS, 512, ())
    handler = load_module(function).handler
    aws = Aws()
    aws.install(pytest.MonkeyPatch())
    # like Lambda, which gives a function its time once it is loaded
    context = Context("Dying", str(uuid.uuid4()), "arn", 512, time.monotonic() + SECONDS)
    with aws.interfering(order.number, Exits(order.after)):
        handler(order.event, context)


if __name__ == "__main__":
    main()
