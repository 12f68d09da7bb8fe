"""Metrics: numbers in the log's own lines, where CloudWatch finds them.

The Embedded Metric Format: a line says which of its fields are metrics. So the lines that a
metric was counted in can be read up, and it costs neither a line nor a call of its own. A
dimension is the stack's name, a route of the template, an outcome or a dependency: few values,
and nothing personal among them. How long a request took, which each line tells, is taken out of it
by a metric filter instead, and so costs no bytes in each.
"""

from collections.abc import Mapping, Sequence
from contextvars import ContextVar
from typing import Literal

from accounts import clock
from accounts.errors import AccountsError, TooManyRequestsError, UnavailableError

Count = Literal[
    "BreachedCheckFailed",
    "Deliveries",
    "DependencyFailures",
    "LogIns",
    "Mails",
    "Refreshes",
    "ServerErrors",
    "Thefts",
    "Throttled",
    "TrailExports",
    "Unavailable",
]
NAMESPACE = "Users"
# by metric, the fields of a line whose values it is kept by; more than once if more than one way
DIMENSIONS: Mapping[str, Sequence[Sequence[str]]] = {
    "BreachedCheckFailed": [["service"]],
    "Deliveries": [["service", "outcome"]],
    "DependencyFailures": [["service", "dependency"]],
    "LogIns": [["service", "outcome"]],
    "Mails": [["service", "outcome"]],
    "Refreshes": [["service", "outcome"]],
    "ServerErrors": [["service"]],
    "Thefts": [["service"]],
    "Throttled": [["service"]],
    "TrailExports": [["service", "outcome"]],
    "Unavailable": [["service"]],
}
FIRST_SERVER_ERROR = 500

_values: ContextVar[dict[str, int] | None] = ContextVar("metrics", default=None)


def begin() -> None:
    """Begin the request, or the message, whose line is to hold what is counted from now on."""
    _values.set({})


def count(name: Count) -> None:
    """Count one more of what ``name`` stands for; outside of requests nothing is counted."""
    values = _values.get()
    if values is not None:
        values[name] = values.get(name, 0) + 1


def take_back(name: Count) -> None:
    """Have what was counted of what ``name`` stands for not count: it has turned out another."""
    values = _values.get()
    if values is not None:
        values.pop(name, None)


def count_failure(error: AccountsError) -> None:
    """Count the answer that tells of ``error``, if it is one that an operator looks out for."""
    if isinstance(error, TooManyRequestsError):
        count("Throttled")
    if error.status >= FIRST_SERVER_ERROR:
        count("ServerErrors")
    if isinstance(error, UnavailableError):
        count("Unavailable")
        if error.dependency is not None:
            count("DependencyFailures")


def fields() -> Mapping[str, object]:
    """Return the fields by which a line tells what was counted.

    The line itself has to hold the dimensions: ``service``, which the logger adds, and others.
    """
    values = _values.get()
    if not values:
        return {}
    directives = [
        {
            "Namespace": NAMESPACE,
            "Dimensions": DIMENSIONS[name],
            "Metrics": [{"Name": name, "Unit": "Count"}],
        }
        for name in values
    ]
    timestamp = int(clock.now().timestamp() * 1000)
    return {**values, "_aws": {"Timestamp": timestamp, "CloudWatchMetrics": directives}}
