"""Run a call with a time limit."""

import threading
from collections.abc import Callable
from concurrent.futures import Future
from typing import TypeVar

Result = TypeVar("Result")


def within(seconds: float, call: Callable[[], Result]) -> Result:
    """Return what ``call`` returns, or raise what it raises.

    A call that takes too long goes on in its thread, since threads cannot be ended, but nobody
    hears of it any more.

    Raises:
        TimeoutError: ``seconds`` have passed.
    """
    future: Future[Result] = Future()

    def run() -> None:
        try:
            future.set_result(call())
        except BaseException as error:  # noqa: BLE001 - it is raised again where it is awaited
            future.set_exception(error)

    # a daemon, so that a call that never ends does not keep the process from ending
    threading.Thread(target=run, daemon=True).start()
    return future.result(timeout=seconds)
