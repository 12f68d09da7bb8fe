"""Every endpoint, with a request that succeeds: the ground for tests about all of them.

Who may call is written down in ``functional/test_access.py``.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import pytest

from tests.support import people
from tests.support.answers import Answer
from tests.support.api import Api
from tests.support.people import Person

Body = Mapping[str, Any]


@dataclass(frozen=True)
class Scene:
    """The API, and those whom the requests are about."""

    api: Api
    alice: Person
    admin: Person
    web_backend: str

    def token_for(self, endpoint: "Endpoint") -> str | None:
        """Return a token of someone who may call the endpoint."""
        if endpoint.zone == "public":
            return None
        if endpoint.zone == "private":
            return self.alice.token
        by_service = endpoint.permission in ("users:create", "users:read", "passwords:reset")
        return self.web_backend if by_service else self.admin.token

    def user_id(self) -> Mapping[str, str]:
        """Return the parameter of paths that are about alice."""
        return {"user_id": str(self.alice.id)}

    def unused_role(self) -> Mapping[str, str]:
        """Return the parameter of paths that are about a role that nobody holds."""
        answer = SAVE_ROLE.call(self)
        assert answer.status == 200, answer
        return {"name": answer.json["name"]}

    def reset_token(self) -> str:
        """Return a reset token of alice's."""
        answer = ISSUE_RESET_TOKEN.call(self)
        assert answer.status == 201, answer
        return str(answer.json["reset_token"])


@dataclass(frozen=True)
class Endpoint:
    """An endpoint: its route, who may call it, and a request that succeeds.

    ``permission`` is what the server zone asks for. ``body`` and ``parameters`` (of the path) are
    made for the scene where the request has them; ``optional`` are the fields of that body that
    may be left out.
    """

    method: str
    path: str
    status: int = 200
    permission: str | None = None
    body: Callable[[Scene], Body] | None = None
    parameters: Callable[[Scene], Mapping[str, str]] = lambda _: {}
    optional: frozenset[str] = frozenset()

    @property
    def key(self) -> str:
        """Return the route's name."""
        return f"{self.method} {self.path}"

    @property
    def zone(self) -> str:
        """Return who may call, as the path says."""
        zone = self.path.split("/")[3] if self.path.startswith("/api/") else "public"
        assert zone in ("public", "private", "server")
        return zone

    def request(self, scene: Scene, **other: Any) -> dict[str, Any]:  # noqa: ANN401 - as Api.call
        """Return the request that succeeds, as ``Api.call`` takes it, but for what is ``other``."""
        request: dict[str, Any] = {
            "method": self.method,
            "path": self.path.format(**self.parameters(scene)),
        }
        if "token" not in other and self.zone != "public":
            request["token"] = scene.token_for(self)
        if self.body is not None and "body" not in other and "json" not in other:
            request["json"] = self.body(scene)
        return request | other

    def call(self, scene: Scene, **other: Any) -> Answer:  # noqa: ANN401 - as Api.call
        """Send the request that succeeds, but for what is ``other`` about it."""
        return scene.api.call(**self.request(scene, **other))


JWKS = Endpoint("GET", "/.well-known/jwks.json")
HEALTH = Endpoint("GET", "/api/v1/public/health")
LOG_IN = Endpoint("POST", people.LOG_IN, body=lambda scene: scene.alice.credentials)
REFRESH = Endpoint(
    "POST",
    "/api/v1/public/users/refresh",
    body=lambda scene: {"refresh_token": scene.alice.refresh_token},
)
FORGET_PASSWORD = Endpoint(
    "POST",
    "/api/v1/public/users/passw/forget_passw",
    202,
    body=lambda scene: {"email": scene.alice.email},
)

LOG_OUT = Endpoint("PUT", "/api/v1/private/users/logout")
SHOW_SEANCES = Endpoint("POST", "/api/v1/private/users/seances")
END_OTHER_SEANCES = Endpoint("DELETE", "/api/v1/private/users/seances")
END_SEANCE = Endpoint(
    "DELETE",
    "/api/v1/private/users/seances/{session_id}",
    204,
    parameters=lambda scene: {"session_id": scene.alice.sign_in().session_id},
)
CHANGE_PASSWORD = Endpoint(
    "PUT",
    "/api/v1/private/users/passw/change_passw",
    body=lambda scene: {"current_passw": scene.alice.passw, "passw": "another_string"},
)
ANY_USERS = Endpoint("PUT", "/api/v1/private/users/any")

SIGN_UP = Endpoint(
    "POST",
    "/api/v1/server/users/sign_up",
    201,
    "users:create",
    body=lambda _: {"email": "new@example.com", "name": "New Person", "passw": "example_string"},
)
RESET_PASSWORD = Endpoint(
    "PUT",
    "/api/v1/server/users/passw/set_new_passw",
    200,
    "passwords:reset",
    body=lambda scene: {"reset_token": scene.reset_token(), "passw": "another_string"},
)
ISSUE_RESET_TOKEN = Endpoint(
    "POST",
    "/api/v1/server/users/passw/reset_token",
    201,
    "passwords:reset",
    body=lambda scene: {"email": scene.alice.email},
)
LIST_USERS = Endpoint("GET", "/api/v1/server/users", 200, "users:read")
SHOW_USER = Endpoint(
    "GET", "/api/v1/server/users/{user_id}", 200, "users:read", parameters=Scene.user_id
)
UPDATE_USER = Endpoint(
    "PATCH",
    "/api/v1/server/users/{user_id}",
    200,
    "users:update",
    body=lambda _: {"name": "Alice Cooper"},
    parameters=Scene.user_id,
    optional=frozenset({"name"}),
)
DELETE_USER = Endpoint(
    "DELETE", "/api/v1/server/users/{user_id}", 200, "users:delete", parameters=Scene.user_id
)
SHOW_USER_SEANCES = Endpoint(
    "POST", "/api/v1/server/users/{user_id}/seances", 200, "seances:read", parameters=Scene.user_id
)
END_USER_SEANCES = Endpoint(
    "DELETE", "/api/v1/server/users/{user_id}/seances", 200, "seances:end", parameters=Scene.user_id
)
SHOW_AUDIT = Endpoint(
    "GET", "/api/v1/server/users/{user_id}/audit", 200, "audit:read", parameters=Scene.user_id
)
LIST_ROLES = Endpoint("GET", "/api/v1/server/roles", 200, "roles:read")
SAVE_ROLE = Endpoint(
    "PUT",
    "/api/v1/server/roles/{name}",
    200,
    "roles:write",
    body=lambda _: {
        "title": {"en": "Gardener", "ru": "Садовник"},
        "permissions": ["content:read", "garden:write"],
    },
    parameters=lambda _: {"name": "gardener"},
)
DELETE_ROLE = Endpoint(
    "DELETE", "/api/v1/server/roles/{name}", 204, "roles:write", parameters=Scene.unused_role
)
ISSUE_SERVICE_TOKEN = Endpoint(
    "POST",
    "/api/v1/server/service_tokens",
    201,
    "service_tokens:create",
    body=lambda _: {"email": "shop@services.example.com", "name": "Web shop"},
)

ALL = (
    JWKS,
    HEALTH,
    LOG_IN,
    REFRESH,
    FORGET_PASSWORD,
    LOG_OUT,
    SHOW_SEANCES,
    END_OTHER_SEANCES,
    END_SEANCE,
    CHANGE_PASSWORD,
    ANY_USERS,
    SIGN_UP,
    RESET_PASSWORD,
    ISSUE_RESET_TOKEN,
    LIST_USERS,
    SHOW_USER,
    UPDATE_USER,
    DELETE_USER,
    SHOW_USER_SEANCES,
    END_USER_SEANCES,
    SHOW_AUDIT,
    LIST_ROLES,
    SAVE_ROLE,
    DELETE_ROLE,
    ISSUE_SERVICE_TOKEN,
)
PROTECTED = tuple(endpoint for endpoint in ALL if endpoint.zone != "public")
WITH_BODY = tuple(endpoint for endpoint in ALL if endpoint.body is not None)


def each(endpoints: tuple[Endpoint, ...]) -> pytest.MarkDecorator:
    """Run the test once for each endpoint, as ``endpoint``."""
    return pytest.mark.parametrize("endpoint", endpoints, ids=lambda endpoint: endpoint.key)
