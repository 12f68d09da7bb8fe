"""Which errors an endpoint answers with: what the decorator does before its handler, and what
the handler's own code raises."""

import inspect
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import cache
from typing import Any

from accounts import errors
from accounts.access import recent_proof, roles
from accounts.edge import idempotency, proxy
from accounts.edge.endpoint import Endpoint
from accounts.edge.event import Event, read
from accounts.edge.fields import RequestSchema
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
    endpoint = operation.endpoint
    found = raised.by(*_steps(operation), endpoint.action)
    refused = {error for error in found if issubclass(error, AccountsError)} | {AccountsError}
    if endpoint.zone != "private":
        # the decorator raises it in that zone alone
        refused -= {errors.UserTokenRequiredError} - raised.by(endpoint.action)
    return sorted(refused, key=lambda error: (error.status, error.code, error.__name__))


@cache
def sample(error: type[AccountsError]) -> AccountsError:
    """Return such an error, for what it says and which headers it has."""
    _, *wanted = inspect.signature(error.__init__).parameters.values()
    return error(**{it.name: SAMPLES[it.name] for it in wanted if it.name in SAMPLES})


def _steps(operation: Operation) -> Iterator[Callable[..., Any]]:
    """Return what the decorator calls on the way to this handler."""
    endpoint = operation.endpoint
    yield from (read, proxy.caller_address)
    if endpoint.zone != "public":
        yield Endpoint._caller  # noqa: SLF001 - it is this class that is read here
    if endpoint.permission is not None:
        yield roles.require
    if endpoint.recent_proof:
        yield recent_proof.require
    if endpoint.schema is not None or endpoint.idempotent:
        yield Event.json_body
    if endpoint.schema is not None:
        yield RequestSchema.parse
    if endpoint.idempotent:
        yield idempotency.answer
