"""Calls made at the same moment."""

import threading
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

import pytest

from tests.support.answers import Answer

PATIENCE_SECONDS = 60
INSISTENCE = 20
UNAVAILABLE = 503

Result = TypeVar("Result")


def together(calls: Sequence[Callable[[], Result]]) -> list[Result]:
    """Make all calls at once, from as many threads; return what they return, in order."""
    barrier = threading.Barrier(len(calls))

    def start(call: Callable[[], Result]) -> Result:
        barrier.wait(PATIENCE_SECONDS)
        return call()

    with ThreadPoolExecutor(len(calls)) as threads:
        return list(threads.map(start, calls, timeout=PATIENCE_SECONDS))


def rounds(count: int) -> pytest.MarkDecorator:
    """Run the test ``count`` times, each time in tables as at the start."""
    return pytest.mark.parametrize("round_number", range(count))


def insisting(call: Callable[[], Answer]) -> Answer:
    """Call again while the answer is 503, as clients are told to; return the last answer."""
    answer = call()
    for _ in range(INSISTENCE):
        if answer.status != UNAVAILABLE:
            break
        answer = call()
    return answer
