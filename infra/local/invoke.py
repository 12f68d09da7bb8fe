"""The seam between what sends events and what runs functions."""

import threading
from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any, Protocol

from infra.local.template.declarations import CustomResource, Function

# takes a function's logical id and an event, gives the function's result as JSON would bring it
Invoke = Callable[[str, dict[str, Any]], object]


class FunctionError(Exception):
    """The function failed: it raised, took longer than its timeout, or returned no JSON."""


class Ongoing:
    """Invokes functions, and knows which of its invocations have not ended."""

    def __init__(self, invoke: Invoke) -> None:
        self._invoke = invoke
        self._ends: set[threading.Event] = set()
        self._lock = threading.Lock()

    def __call__(self, logical_id: str, event: dict[str, Any]) -> object:
        """Invoke a function; raises as that does."""
        end = threading.Event()
        with self._lock:
            self._ends.add(end)
        try:
            return self._invoke(logical_id, event)
        finally:
            end.set()
            with self._lock:
                self._ends.discard(end)

    def wait(self) -> None:
        """Wait until all that has begun by now has ended, which each function's timeout sees to."""
        with self._lock:
            ends = tuple(self._ends)
        for end in ends:
            end.wait()


class Host(Protocol):
    """What runs a template's functions in Lambda's place.

    ``aws_environment`` are the variables that lead AWS clients to the stack's resources.
    """

    @property
    def template(self) -> Path:
        """Return the template whose functions it can run."""

    def make(
        self, custom: CustomResource, function: Function, aws_environment: Mapping[str, str]
    ) -> Mapping[str, Any]:
        """Have ``function`` make a custom resource; return its attributes for Fn::GetAtt."""

    def running(
        self, functions: Sequence[Function], aws_environment: Mapping[str, str]
    ) -> AbstractContextManager[Invoke]:
        """Have ``functions`` ready to be invoked for as long as the context lasts."""
