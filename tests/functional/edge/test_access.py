"""Who may call what: every endpoint, tried with every kind of credentials."""

from collections.abc import Callable, Mapping

import pytest

from accounts.credentials import opaque
from tests.support.clocks import Clock
from tests.support.deployment import Deployment
from tests.support.people import Person
from tests.support.register import ALL, Endpoint, Scene, each

YES = "yes"
SIGN_IN = (401, "token_missing", "Authentication required")
INVALID = (401, "token_invalid", "Authentication required")
EXPIRED = (401, "token_expired", "Authentication required")
ENDED = (401, "session_ended", "Authentication required")
PEOPLE_ONLY = (403, "user_token_required", "A user's own token is required")


Credentials = Callable[[str], str | None]
Verdict = str | tuple[int, str, str]

CALLERS = (
    "nobody",
    "read_only",
    "methodist",
    "administrator",
    "service",
    "expired",
    "ended",
    "refresh token",
    "reset token",
)
# the same wherever a token is asked for
NO_TOKENS: Mapping[str, Verdict] = {
    "nobody": SIGN_IN,
    "expired": EXPIRED,
    "ended": ENDED,
    "refresh token": INVALID,
    "reset token": INVALID,
}
ANYONE: Mapping[str, Verdict] = dict.fromkeys(CALLERS, YES)
PEOPLE: Mapping[str, Verdict] = {
    **NO_TOKENS,
    "read_only": YES,
    "methodist": YES,
    "administrator": YES,
    "service": PEOPLE_ONLY,
}


def _holders(permission: str, *others: str) -> Mapping[str, Verdict]:
    """Return the line of an endpoint of the server zone: administrators and ``others`` may."""
    lacking = (403, "permission_missing", f"Permission {permission} required")
    return {
        **NO_TOKENS,
        **dict.fromkeys(("read_only", "methodist", "service"), lacking),
        **dict.fromkeys(("administrator", *others), YES),
    }


MATRIX: Mapping[str, Mapping[str, Verdict]] = {
    "GET /.well-known/jwks.json": ANYONE,
    "GET /api/v1/public/health": ANYONE,
    "POST /api/v1/public/users/login": ANYONE,
    "POST /api/v1/public/users/refresh": ANYONE,
    "POST /api/v1/public/users/passw/forget_passw": ANYONE,
    "PUT /api/v1/private/users/logout": PEOPLE,
    "POST /api/v1/private/users/seances": PEOPLE,
    "DELETE /api/v1/private/users/seances": PEOPLE,
    "DELETE /api/v1/private/users/seances/{session_id}": PEOPLE,
    "PUT /api/v1/private/users/passw/change_passw": PEOPLE,
    "PUT /api/v1/private/users/any": PEOPLE,
    "POST /api/v1/server/users/sign_up": _holders("users:create", "service"),
    "PUT /api/v1/server/users/passw/set_new_passw": _holders("passwords:reset", "service"),
    "POST /api/v1/server/users/passw/reset_token": _holders("passwords:reset", "service"),
    "GET /api/v1/server/users": _holders("users:read", "service", "methodist"),
    "GET /api/v1/server/users/{user_id}": _holders("users:read", "service", "methodist"),
    "PATCH /api/v1/server/users/{user_id}": _holders("users:update"),
    "DELETE /api/v1/server/users/{user_id}": _holders("users:delete"),
    "POST /api/v1/server/users/{user_id}/seances": _holders("seances:read"),
    "DELETE /api/v1/server/users/{user_id}/seances": _holders("seances:end"),
    "GET /api/v1/server/users/{user_id}/audit": _holders("audit:read"),
    "GET /api/v1/server/roles": _holders("roles:read", "methodist"),
    "PUT /api/v1/server/roles/{name}": _holders("roles:write"),
    "DELETE /api/v1/server/roles/{name}": _holders("roles:write"),
    "POST /api/v1/server/service_tokens": _holders("service_tokens:create"),
}


def test_the_matrix_has_every_declared_route(stack: Deployment) -> None:
    declared = {route.key for function in stack.functions for route in function.routes}

    assert set(MATRIX) == declared - {"$default"}
    assert {endpoint.key for endpoint in ALL} == set(MATRIX)


@each(ALL)
@pytest.mark.parametrize("caller", CALLERS)
def test_only_those_may_call_who_should(
    scene: Scene, stack: Deployment, endpoint: Endpoint, caller: str, credentials: Credentials
) -> None:
    request = {**endpoint.request(scene), "token": credentials(caller)}
    verdict = MATRIX[endpoint.key][caller]

    if verdict == YES:
        answer = scene.api.call(**request)
        assert answer.status == endpoint.status, answer
    else:
        with stack.unchanged():
            answer = scene.api.call(**request)
        assert (answer.status, answer.code, answer.json["message"]) == verdict


@pytest.fixture
def credentials(
    scene: Scene, bob: Person, methodist: Person, admin: Person, clock: Clock
) -> Credentials:
    def expired() -> str:
        clock.advance(seconds=900 + 30)
        return admin.token

    def ended() -> str:
        (session,) = methodist.sessions
        session.delete()
        return methodist.token

    makers: Mapping[str, Callable[[], str | None]] = {
        "nobody": lambda: None,
        "read_only": lambda: bob.token,
        "methodist": lambda: methodist.token,
        "administrator": lambda: admin.token,
        "service": lambda: scene.web_backend,
        "expired": expired,
        "ended": ended,
        "refresh token": lambda: admin.refresh_token,
        "reset token": lambda: opaque.reset_token(admin.id, opaque.new_secret()),
    }
    return lambda caller: makers[caller]()
