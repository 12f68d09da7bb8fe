"""Pollers, each in a thread of its own."""

import threading
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import Protocol

STOP_SECONDS = 5


class Poller(Protocol):
    """What brings a function what is there for it, again and again."""

    def run(self, stop: threading.Event) -> None:
        """Poll until ``stop`` is set, whatever happens."""


@contextmanager
def running(pollers: Iterable[Poller]) -> Iterator[None]:
    """Have the pollers run for as long as the context lasts."""
    stop = threading.Event()
    # daemons, so that a function that never ends does not keep the process from ending
    threads = [
        threading.Thread(target=poller.run, args=(stop,), name=str(poller), daemon=True)
        for poller in pollers
    ]
    for thread in threads:
        thread.start()
    try:
        yield
    finally:
        stop.set()
        gives_up = time.monotonic() + STOP_SECONDS
        for thread in threads:
            thread.join(max(0, gives_up - time.monotonic()))
