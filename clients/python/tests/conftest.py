"""The running service that SCENE tells of, and people at it."""

import json
import os
import secrets
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from users_client import Users, calls
from users_client.verification import Verifier

PASSWORD = "example_string"


@dataclass(frozen=True)
class Scene:
    """What the tests are told."""

    base_url: str
    issuer: str
    service_token: str
    administrator_token: str
    # of somebody whose session goes on
    expired_token: str


@pytest.fixture(scope="session")
def scene() -> Scene:
    told: dict[str, Any] = json.loads(Path(os.environ["SCENE"]).read_text(encoding="utf-8"))
    return Scene(**told)


@pytest.fixture
def verifier(scene: Scene) -> Verifier:
    return Verifier(scene.issuer, jwks_url=f"{scene.base_url}/.well-known/jwks.json")


@pytest.fixture
def users(scene: Scene) -> Iterator[Users]:
    """The service, called by a back-end."""
    with Users(scene.base_url, scene.service_token) as users:
        yield users


@pytest.fixture
def administrator(scene: Scene) -> Iterator[Users]:
    """The service, called by who may do everything."""
    with Users(scene.base_url, scene.administrator_token) as users:
        yield users


@pytest.fixture
def email() -> str:
    """An address that nobody has."""
    return f"{secrets.token_hex(8)}@example.com"


@pytest.fixture
def log_in(users: Users) -> Callable[[], str]:
    """Sign a new person up and in, and return their access token."""

    def enter() -> str:
        email = f"{secrets.token_hex(8)}@example.com"
        users.send(calls.registration_user(email=email, passw=PASSWORD, name="Example Name"))
        entered = users.send(calls.log_in(email=email, passw=PASSWORD))
        assert "user" in entered
        return entered["access_token"]

    return enter
