"""Who may call what: every endpoint, tried with every kind of credentials."""

from collections.abc import Callable, Mapping

import pytest

from tests.clocks import Clock
from tests.deployment import Deployment
from tests.endpoints import ALL, LOG_OUT, Endpoint, Scene, each
from tests.people import Person

YES = "yes"
SIGN_IN = (401, "token_missing", "Authentication required")
INVALID = (401, "token_invalid", "Authentication required")
EXPIRED = (401, "token_expired", "Authentication required")
ENDED = (401, "session_ended", "Authentication required")
PEOPLE_ONLY = (403, "user_token_required", "A user's own token is required")


def _lacks(permission: str) -> tuple[int, str, str]:
    return 403, "permission_missing", f"Permission {permission} required"


Credentials = Callable[[str], str | None]
Verdict = str | tuple[int, str, str]

# what each zone has in common
_ANYONE: Mapping[str, Verdict] = dict.fromkeys(
    (
        "nobody",
        "read_only",
        "methodist",
        "administrator",
        "service",
        "expired",
        "ended",
        "refresh token",
        "reset token",
    ),
    YES,
)
_SIGNED_IN: Mapping[str, Verdict] = {
    "nobody": SIGN_IN,
    "read_only": YES,
    "methodist": YES,
    "administrator": YES,
    "service": PEOPLE_ONLY,
    "expired": EXPIRED,
    "ended": ENDED,
    "refresh token": INVALID,
    "reset token": INVALID,
}


def _holders_of(permission: str, *, service: bool) -> Mapping[str, Verdict]:
    return {
        **_SIGNED_IN,
        "read_only": _lacks(permission),
        "methodist": _lacks(permission),
        "service": YES if service else _lacks(permission),
    }


MATRIX: Mapping[str, Mapping[str, Verdict]] = {
    "GET /.well-known/jwks.json": _ANYONE,
    "GET /api/v1/public/health": _ANYONE,
    "POST /api/v1/public/users/login": _ANYONE,
    "POST /api/v1/public/users/refresh": _ANYONE,
    "POST /api/v1/public/users/passw/forget_passw": _ANYONE,
    "PUT /api/v1/private/users/logout": _SIGNED_IN,
    "POST /api/v1/private/users/seances": _SIGNED_IN,
    "DELETE /api/v1/private/users/seances": _SIGNED_IN,
    "DELETE /api/v1/private/users/seances/{session_id}": _SIGNED_IN,
    "PUT /api/v1/private/users/passw/change_passw": _SIGNED_IN,
    "PUT /api/v1/private/users/any": _SIGNED_IN,
    "POST /api/v1/server/users/sign_up": _holders_of("users:create", service=True),
    "PUT /api/v1/server/users/passw/set_new_passw": _holders_of("passwords:reset", service=True),
    "POST /api/v1/server/users/passw/reset_token": _holders_of("passwords:reset", service=True),
}
CALLERS = tuple(_SIGNED_IN)


def test_the_matrix_has_every_declared_route(stack: Deployment) -> None:
    declared = {route.key for function in stack.functions for route in function.routes}

    assert set(MATRIX) == declared - {"$default"}
    assert {endpoint.key for endpoint in ALL} == set(MATRIX)


@each(ALL)
@pytest.mark.parametrize("caller", CALLERS)
def test_only_those_may_call_who_should(
    scene: Scene, stack: Deployment, endpoint: Endpoint, caller: str, credentials: Credentials
) -> None:
    request = endpoint.request(scene, token=credentials(caller))
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
        assert LOG_OUT.call(scene, token=admin.token).status == 200
        return admin.token

    makers: Mapping[str, Callable[[], str | None]] = {
        "nobody": lambda: None,
        "read_only": lambda: bob.token,
        "methodist": lambda: methodist.token,
        "administrator": lambda: admin.token,
        "service": lambda: scene.web_backend,
        "expired": expired,
        "ended": ended,
        "refresh token": lambda: admin.refresh_token,
        "reset token": scene.reset_token,
    }
    return lambda caller: makers[caller]()
