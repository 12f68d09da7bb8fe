"""Calls that go out together, made one after another: so that a test can tell which is which."""

from collections.abc import Callable
from concurrent.futures import Future
from typing import TypeVar

_Done = TypeVar("_Done")


def in_turn(call: Callable[[], _Done]) -> "Future[_Done]":
    """Make the call now, in place of ``parallel.start``; what ends the process does so at once."""
    made: Future[_Done] = Future()
    try:
        made.set_result(call())
    except Exception as error:  # noqa: BLE001 - whatever it is, the caller is told
        made.set_exception(error)
    return made
