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
from tests.support.races.faults import is_decisive
from tests.support.races.interference import EVERY, Aws, Call, Interference

STATUS = 86
SECONDS = 15


@dataclass(frozen=True)
class Order:
    """Which function to run on which event, and beside which of its decisive calls to end.

    Other calls are not counted: of those that go out together either may be first, and a new
    process may have to make some that another had no need of.
    """

    code: str
    handler: str
    event: Mapping[str, Any]
    number: int
    after: bool

    def text(self) -> str:
        """Return it as the process reads it."""
        return json.dumps(asdict(self))


@dataclass
class Exits(Interference):
    """The process ends right before or right after a decisive call, with nothing cleaned up."""

    after: bool
    # decisive calls until then, with this one
    left: int

    def concerns(self, call: Call) -> bool:
        """Say whether it is this one."""
        self.left -= is_decisive(call)
        return is_decisive(call) and self.left == 0

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
    with aws.interfering(EVERY, Exits(order.after, order.number)):
        handler(order.event, context)


if __name__ == "__main__":
    main()
