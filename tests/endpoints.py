"""Every endpoint, with a request that succeeds: the ground for tests about all of them.

Who may call is written down in ``functional/test_access.py``.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import pytest

from tests import people
from tests.answers import Answer
from tests.api import Api
from tests.people import Person

Body = Mapping[str, Any]


@dataclass(frozen=True)
class Scene:
    """The API, and those whom the requests are about."""

    api: Api
    alice: Person
    web_backend: str

    def token_for(self, endpoint: "Endpoint") -> str | None:
        """Return a token of someone who may call the endpoint."""
        return {"public": None, "private": self.alice.token, "server": self.web_backend}[
            endpoint.zone
        ]

    def reset_token(self) -> str:
        """Return a reset token of alice's."""
        answer = ISSUE_RESET_TOKEN.call(self)
        assert answer.status == 201, answer
        return str(answer.json["reset_token"])


@dataclass(frozen=True)
class Endpoint:
    """An endpoint: its route, and a request that succeeds.

    ``body`` and ``parameters`` (of the path) are made for the scene where the request has them.
    """

    method: str
    path: str
    status: int = 200
    body: Callable[[Scene], Body] | None = None
    parameters: Callable[[Scene], Mapping[str, str]] = lambda _: {}

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


SIGN_UP = Endpoint(
    "POST",
    "/api/v1/server/users/sign_up",
    201,
    lambda _: {"email": "new@example.com", "name": "New Person", "passw": "example_string"},
)
LOG_IN = Endpoint("POST", people.LOG_IN, 200, lambda scene: scene.alice.credentials)
REFRESH = Endpoint(
    "POST",
    "/api/v1/public/users/refresh",
    200,
    lambda scene: {"refresh_token": scene.alice.refresh_token},
)
FORGET_PASSWORD = Endpoint(
    "POST",
    "/api/v1/public/users/passw/forget_passw",
    202,
    lambda scene: {"email": scene.alice.email},
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
    200,
    lambda scene: {"current_passw": scene.alice.passw, "passw": "another_string"},
)
ANY_USERS = Endpoint("PUT", "/api/v1/private/users/any")
RESET_PASSWORD = Endpoint(
    "PUT",
    "/api/v1/server/users/passw/set_new_passw",
    200,
    lambda scene: {"reset_token": scene.reset_token(), "passw": "another_string"},
)
ISSUE_RESET_TOKEN = Endpoint(
    "POST",
    "/api/v1/server/users/passw/reset_token",
    201,
    lambda scene: {"email": scene.alice.email},
)
HEALTH = Endpoint("GET", "/api/v1/public/health")
JWKS = Endpoint("GET", "/.well-known/jwks.json")

ALL = (
    SIGN_UP,
    LOG_IN,
    REFRESH,
    FORGET_PASSWORD,
    LOG_OUT,
    SHOW_SEANCES,
    END_OTHER_SEANCES,
    END_SEANCE,
    CHANGE_PASSWORD,
    ANY_USERS,
    RESET_PASSWORD,
    ISSUE_RESET_TOKEN,
    HEALTH,
    JWKS,
)
PROTECTED = tuple(endpoint for endpoint in ALL if endpoint.zone != "public")
WITH_BODY = tuple(endpoint for endpoint in ALL if endpoint.body is not None)


def each(endpoints: tuple[Endpoint, ...]) -> pytest.MarkDecorator:
    """Run the test once for each endpoint, as ``endpoint``."""
    return pytest.mark.parametrize("endpoint", endpoints, ids=lambda endpoint: endpoint.key)
