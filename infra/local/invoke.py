"""The seam between what sends events and what runs functions."""

from collections.abc import Callable
from typing import Any

# takes a function's logical id and an event, gives the function's result as JSON would bring it
Invoke = Callable[[str, dict[str, Any]], object]


class FunctionError(Exception):
    """The function failed: it raised, took longer than its timeout, or returned no JSON."""
