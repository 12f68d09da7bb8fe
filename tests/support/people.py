"""Those who call the API."""

import base64
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from accounts.access import new_accounts, roles, sessions
from accounts.access.sessions import Client
from accounts.credentials import passwords, signing
from accounts.storage import users
from accounts.storage.tables import User, UserSession
from tests.support.api import Api
from tests.support.register import LOG_IN


@dataclass(frozen=True)
class Person:
    """An account that is signed in on one device."""

    api: Api
    id: int
    email: str
    name: str
    role: str
    passw: str
    token: str
    refresh_token: str

    @property
    def credentials(self) -> Mapping[str, str]:
        """Return the body of this person's log-in."""
        return {"email": self.email, "passw": self.passw}

    def sign_in(self) -> "Person":
        """Sign in on one more device and return the person as there."""
        return _signed_in(self.api, self.email, self.passw)

    @property
    def session_id(self) -> str:
        """Return the id of this device's session."""
        return str(claims(self.token)["sid"])

    @property
    def account(self) -> User:
        """Return the account as stored."""
        user = User.find(self.id)
        assert user is not None
        return user

    @property
    def sessions(self) -> list[UserSession]:
        """Return the sessions as stored, live or not."""
        return UserSession.find_all(self.id)


@dataclass(frozen=True)
class Population:
    """Everybody who is there from the start."""

    alice: Person
    bob: Person
    methodist: Person
    admin: Person
    web_backend: str

    @property
    def secrets(self) -> set[str]:
        """Return what must never be found in a log."""
        persons = (self.alice, self.bob, self.methodist, self.admin)
        own = {text for p in persons for text in (p.email, p.passw, p.token, p.refresh_token)}
        return own | {self.web_backend}


def populate(api: Api) -> Population:
    """Let everybody sign up and in."""
    return Population(
        alice=person(api, "Alice", "read_only"),
        bob=person(api, "Bob", "read_only"),
        methodist=person(api, "Maria", "methodist"),
        admin=person(api, "Ada", "administrator"),
        web_backend=service_token(api),
    )


def person(api: Api, name: str, role: str, passw: str = "correct horse battery") -> Person:
    """Return a new person with this role, signed in."""
    email = f"{name.lower()}@example.com"
    new_accounts.create(new_accounts.new_user(email, name, role, passwords.hashed(passw)))
    return _signed_in(api, email, passw)


def service_token(api: Api, name: str = "Web back-end", role: str = roles.SERVICE) -> str:
    """Return a token for a new back-end."""
    email = f"{name.lower().replace(' ', '-')}@services.example.com"
    user = new_accounts.new_user(email, name, role, None, kind=users.SERVICE)
    new_accounts.create(user)
    session = sessions.new_service_session(user, Client("192.0.2.9", "deploy"))
    sessions.begin(user, session)
    token = signing.access_token(session, roles.permissions_of(role))
    api.secrets.add(token)
    return token


def claims(token: str) -> dict[str, Any]:
    """Return what a token says, whether or not it is good."""
    payload = token.split(".")[1]
    decoded: dict[str, Any] = json.loads(
        base64.urlsafe_b64decode(payload + "=" * (-len(payload) % 4))
    )
    return decoded


def _signed_in(api: Api, email: str, passw: str) -> Person:
    answer = api.call(*LOG_IN.at(), json={"email": email, "passw": passw})
    assert answer.status == 200, answer
    user = answer.json["user"]
    return Person(
        api,
        id=user["id"],
        email=user["email"],
        name=user["name"],
        role=user["role"],
        passw=passw,
        token=answer.json["access_token"],
        refresh_token=answer.json["refresh_token"],
    )
