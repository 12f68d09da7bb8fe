"""Which errors an endpoint answers with: all that its decorator and its handler can raise."""

import inspect
from collections.abc import Mapping, Sequence
from typing import Any

from accounts import errors
from accounts.edge.event import read
from accounts.errors import AccountsError
from infra.openapi import raised
from infra.openapi.operations import Operation

# what an error is made with, where it takes something; its text is an example then
SAMPLES: Mapping[str, Any] = {
    "permission": "users:create",
    "max_age_seconds": 600,
    "allowed": ["GET", "POST"],
    "details": [{"field": "required_field", "message": errors.MISSING_FIELD}],
    "missing": True,
}


def of(operation: Operation) -> Sequence[type[AccountsError]]:
    """Return the errors that the endpoint answers with, by status and code."""
    # private, as it is the part of the decorator that one endpoint is asked about here
    found = raised.by(read, operation.endpoint._answer)  # noqa: SLF001 - see above
    refused = {error for error in found if issubclass(error, AccountsError)} | {AccountsError}
    if operation.endpoint.zone != "server":
        # what begins a session begins those of back-ends, too, but elsewhere
        refused -= {errors.TooManyServiceTokensError}
    return sorted(refused, key=lambda error: (error.status, error.code, error.__name__))


def sample(error: type[AccountsError]) -> AccountsError:
    """Return such an error, for what it says and which headers it has."""
    _, *wanted = inspect.signature(error.__init__).parameters.values()
    return error(**{it.name: SAMPLES[it.name] for it in wanted if it.name in SAMPLES})
