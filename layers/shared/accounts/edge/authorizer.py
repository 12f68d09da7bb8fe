"""Telling other APIs who is calling: the decision of a Lambda authorizer for an HTTP API.

Payload format 2.0 with simple responses. It reads the session on each call, so what ends a
session here ends it there too, as soon as the other API asks again.
"""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from accounts import invocation, logs, metrics
from accounts.access import authentication, enrolment
from accounts.access.authentication import Principal
from accounts.credentials import tokens
from accounts.edge.event import read
from accounts.errors import (
    SecondFactorRequiredError,
    UnauthorizedError,
    UnavailableError,
    UnknownEventError,
)

if TYPE_CHECKING:
    from aws_lambda_powertools.utilities.typing import LambdaContext

Decision = dict[str, Any]


def authorize(event: object, context: "LambdaContext") -> Decision:
    """Return whether the request may pass, and if so on whose behalf.

    Raises:
        UnavailableError: DynamoDB did not answer, so there is no decision; the gateway answers
            500, and nobody is let in or told to log in again.
    """
    invocation.begin(context)
    metrics.begin()
    try:
        request = read(event)
        caller = authentication.authenticate(*tokens.verify(request.access_token()))
        enrolment.require_over(caller.session)
    except (UnauthorizedError, SecondFactorRequiredError, UnknownEventError) as error:
        logs.request(error.code, route="authorizer", allowed=False)
        return {"isAuthorized": False}
    except UnavailableError as error:
        metrics.count_failure(error)
        logs.request(
            error.code, route="authorizer", dependency=error.dependency, reason=error.reason
        )
        raise
    session = caller.session
    logs.request(
        "ok",
        route="authorizer",
        allowed=True,
        user_id=session.user_id,
        session_id=session.session_id,
    )
    return {
        "isAuthorized": True,
        "context": {
            "user_id": session.user_id,
            "session_id": session.session_id,
            "role": session.role,
            "permissions": list(caller.permissions),
            "kind": "service" if caller.is_service else "user",
            **_proof(caller),
        },
    }


def _proof(caller: Principal) -> Mapping[str, Any]:
    """Return how and when a person has proved who they are, as their access tokens say it."""
    if caller.is_service:
        return {}
    session = caller.session
    amr = tokens.proofs(session)
    return {
        "auth_time": int(tokens.proved_at(session).timestamp()),
        # not of sessions of the version before this one
        **({"amr": list(amr)} if amr else {}),
    }
