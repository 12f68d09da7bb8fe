"""A walk through a deployment, by somebody who is there for just that long.

Log-in, who am I, refresh and log-out go over the API, and so through the gateway, the functions,
the tables and both kinds of keys. The account is made, and taken away with its trail, in the
tables themselves. What stays, for ten minutes, is that the caller's address has failed at nothing.
"""

import secrets
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import bcrypt
import jwt
import urllib3

from accounts import settings
from accounts.access import new_accounts, roles
from accounts.administration import deletion
from accounts.storage.dynamodb import unavailable_on_failure
from accounts.storage.tables import AuditEvent
from infra.manage.operating import OPERATOR
from infra.manage.problems import RefusedError

# as low as bcrypt goes: the first log-in makes another
COST = 4
# SES takes what is sent there, and it reaches nobody
ADDRESS = "success+{}@simulator.amazonses.com"
TIMEOUT_SECONDS = 30
RETRIES = urllib3.Retry(3, backoff_factor=1, redirect=0)


@dataclass(frozen=True)
class Answer:
    """What the API answered."""

    status: int
    json: Any


# method, path, bearer token, body
Call = Callable[[str, str, str | None, Mapping[str, str] | None], Answer]


@dataclass(frozen=True)
class Visitor:
    """The account that walks."""

    email: str
    password: str


def walk(call: Call) -> Iterator[str]:
    """Go through the API and yield what worked, one after another.

    Raises:
        RefusedError: something did not.
        UnavailableError: DynamoDB did not answer to this process.
    """
    with _visitor() as visitor:
        credentials = {"email": visitor.email, "passw": visitor.password}
        first = _expect(
            call("POST", "/api/v1/public/users/login", None, credentials), 200, "log-in"
        )
        yield "log-in: the password's key, the tables and the signing key"
        _verify(first["access_token"], call("GET", "/.well-known/jwks.json", None, None))
        yield "jwks: other services can verify the token"
        # the session of who has yet to get a second factor is for nothing else
        is_held = first.get("second_factor_required", False)
        _who_am_i(call, first["access_token"], 403 if is_held else 200)
        yield f"who am I: the session is found{', and asks for a second factor' if is_held else ''}"
        refresh = {"refresh_token": first["refresh_token"]}
        second = _expect(
            call("POST", "/api/v1/public/users/refresh", None, refresh), 200, "refresh"
        )
        yield "refresh: another token is signed"
        token = second["access_token"]
        _expect(call("PUT", "/api/v1/private/users/logout", token, None), 200, "log-out")
        _who_am_i(call, token, 401)
        yield "log-out: the token is worth nothing any more"


def over_http(base_url: str) -> Call:
    """Return how to call the API at this address; RefusedError is raised if nobody answers."""
    pool = urllib3.PoolManager(timeout=TIMEOUT_SECONDS, retries=RETRIES)

    def call(method: str, path: str, token: str | None, body: Mapping[str, str] | None) -> Answer:
        headers = {"authorization": f"Bearer {token}"} if token else {}
        try:
            answer = pool.request(method, base_url + path, json=body, headers=headers)
            return Answer(answer.status, answer.json())
        except (urllib3.exceptions.HTTPError, ValueError) as error:
            raise RefusedError(f"{method} {base_url}{path}: {error}") from error

    return call


def _who_am_i(call: Call, token: str, status: int) -> None:
    _expect(call("PUT", "/api/v1/private/users/any", token, None), status, "who am I")


def _expect(answer: Answer, status: int, what: str) -> Any:  # noqa: ANN401 - JSON
    if answer.status != status:
        told = answer.json.get("message") if isinstance(answer.json, dict) else None
        raise RefusedError(f"{what} answered {answer.status} in place of {status}: {told}")
    return answer.json


def _verify(token: str, published: Answer) -> None:
    keys = jwt.PyJWKSet.from_dict(_expect(published, 200, "jwks"))
    try:
        key = keys[jwt.get_unverified_header(token)["kid"]]
        jwt.decode(
            token,
            key,
            algorithms=[key.algorithm_name],
            audience=settings.current().audience,
            issuer=settings.current().issuer,
        )
    except (jwt.PyJWTError, KeyError) as error:
        raise RefusedError(f"The token of the log-in does not verify: {error!r}") from error


@contextmanager
def _visitor() -> Iterator[Visitor]:
    visitor = Visitor(ADDRESS.format(secrets.token_hex(8)), secrets.token_urlsafe(24))
    stored = bcrypt.hashpw(visitor.password.encode(), bcrypt.gensalt(COST)).decode()
    user = new_accounts.new_user(visitor.email, "Deployment check", roles.DEFAULT, stored)
    new_accounts.create(user)
    try:
        yield visitor
    finally:
        deletion.delete(user.id, OPERATOR)
        _forget_trail(user.id)


def _forget_trail(user_id: int) -> None:
    for event in AuditEvent.find_all(user_id):
        with unavailable_on_failure():
            event.delete()
