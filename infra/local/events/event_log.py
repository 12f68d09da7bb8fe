"""Keep the latest events that were put on the bus."""

import threading
from collections import deque
from dataclasses import dataclass
from typing import Any

KEPT = 500


@dataclass(frozen=True)
class SeenEvent:
    """An event as EventBridge took it: its type, and what it tells."""

    type: str
    detail: dict[str, Any]


class EventLog:
    """The latest events."""

    def __init__(self) -> None:
        self._events: deque[SeenEvent] = deque(maxlen=KEPT)
        self._lock = threading.Lock()

    def add(self, event: SeenEvent) -> None:
        """Keep an event, in place of the oldest if there are many."""
        with self._lock:
            self._events.appendleft(event)

    def events(self) -> tuple[SeenEvent, ...]:
        """Return the events, newest first."""
        with self._lock:
            return tuple(self._events)
