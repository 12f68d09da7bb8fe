"""How many calls to AWS come one after another: those that go out together count once."""

from collections.abc import Callable
from concurrent.futures import Future
from typing import Any, TypeVar

from botocore.client import BaseClient

from tests.support.aws_calls import Send

_Done = TypeVar("_Done")


class Rounds:
    """Counts the longest chain of calls in which each waits for the one before."""

    def __init__(self, send: Send) -> None:
        """Stand before ``send``, and before ``parallel.start``."""
        self._send = send
        self.number = 0

    def __call__(self, client: BaseClient, operation: str, arguments: dict[str, Any]) -> object:
        """Send the call on, one round later."""
        self.number += 1
        return self._send(client, operation, arguments)

    def start(self, call: Callable[[], _Done]) -> "Future[_Done]":
        """Make the call, which nothing waits for until it is asked for its result."""
        before = self.number
        result = call()
        started: _Started[_Done] = _Started(self, self.number)
        self.number = before
        started.set_result(result)
        return started


class _Started(Future[_Done]):
    def __init__(self, rounds: Rounds, number: int) -> None:
        super().__init__()
        self._rounds, self._number = rounds, number

    def result(self, timeout: float | None = None) -> _Done:
        self._rounds.number = max(self._rounds.number, self._number)
        return super().result(timeout)
