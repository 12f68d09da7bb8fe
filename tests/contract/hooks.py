"""What Schemathesis is told of us: who is calling, and whom it must not take out of service.

It runs in an environment of its own, so nothing of the project is imported here.
"""

import base64
import functools
import http.client
import itertools
import json
import os
import re
import secrets
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, TypeVar
from urllib.parse import urlsplit

import schemathesis

_Function = TypeVar("_Function", bound=Callable[..., Any])
hook: Callable[[_Function], _Function] = schemathesis.hook

# as tests/contract/test_contract.py gives it
CALLER = os.environ["CONTRACT_CALLER"]
SERVICE = urlsplit(os.environ["CONTRACT_URL"]).netloc
KEEPER = json.loads(os.environ["CONTRACT_ADMINISTRATOR"])
BACK_END_TOKEN = os.environ["CONTRACT_SERVICE_TOKEN"]
PASSWORD = "example_string"
# with these a caller signs themselves out
ENDINGS = frozenset({"log_out", "delete_own_account", "end_seance"})
# of the callers here
NEEDED_ROLES = frozenset({"administrator", "read_only", "service"})
_numbers = itertools.count(1)


def _ask(method: str, path: str, token: str | None, body: Mapping[str, Any]) -> dict[str, Any]:
    """Return what the service answers; a busy one is asked again."""
    status, text = _sent(method, path, token, body)
    for pause in (1, 3):
        if status == 503:
            time.sleep(pause)
            status, text = _sent(method, path, token, body)
    if status >= 300:
        raise RuntimeError(f"{method} {path}: {status} {text}")
    found: dict[str, Any] = json.loads(text)
    return found


def _sent(method: str, path: str, token: str | None, body: Mapping[str, Any]) -> tuple[int, str]:
    # addresses beside Schemathesis' own, so that what it guesses does not use up our log-ins
    source = (f"127.0.{next(_numbers) % 250 + 1}.2", 0)
    connection = http.client.HTTPConnection(SERVICE, timeout=60, source_address=source)
    headers = {"Content-Type": "application/json", "User-Agent": "make contract"}
    if token:
        headers["Authorization"] = f"Bearer {token}"
    connection.request(method, f"/api/v1/{path}", json.dumps(body), headers)
    answer = connection.getresponse()
    text = answer.read().decode()
    connection.close()
    return answer.status, text


def _log_in(email: str, passw: str) -> dict[str, Any]:
    return _ask("POST", "public/users/login", None, {"email": email, "passw": passw})


@dataclass
class Keeper:
    """The administrator whom the service began with, who makes others."""

    user_id: str = ""
    _token: str = ""
    _until: float = 0

    def live_token(self) -> str:
        """Return a token whose owner proved themselves a short while ago."""
        if time.monotonic() > self._until:
            logged_in = _log_in(KEEPER["email"], KEEPER["passw"])
            self.user_id, self._token = str(logged_in["user"]["id"]), logged_in["access_token"]
            self._until = time.monotonic() + 300
        return self._token


def _new_account(role: str | None = None) -> tuple[str, str]:
    """Return address and id of a new account; with a role it takes an administrator."""
    email = f"{secrets.token_hex(8)}@example.com"
    person = {"email": email, "name": "Somebody", "passw": PASSWORD}
    token = BACK_END_TOKEN
    if role is not None:
        person["role"], token = role, ADMINISTRATOR.live_token()
    return email, str(_ask("POST", "server/users/sign_up", token, person)["id"])


@dataclass
class Account:
    """Somebody to call as; once signed out, another one of the same role takes over."""

    role: str | None
    token: str | None = None

    def live_token(self) -> str:
        """Return a token that works."""
        if self.token is None:
            email, _ = _new_account(self.role)
            self.token = str(_log_in(email, PASSWORD)["access_token"])
        return self.token


@functools.cache
def needed() -> frozenset[str]:
    """Return the ids of those without whom nobody could go on: the first ones there."""
    payload = BACK_END_TOKEN.split(".")[1]
    claims = json.loads(base64.urlsafe_b64decode(payload + "=" * (-len(payload) % 4)))
    ADMINISTRATOR.live_token()
    return frozenset({str(claims["sub"]), ADMINISTRATOR.user_id})


@dataclass
class Victim:
    """An account to do things to, which another one takes the place of once it is gone."""

    user_id: str | None = None

    def live_id(self) -> str:
        """Return the id of one that is there."""
        if self.user_id is None:
            _, self.user_id = _new_account()
        return self.user_id


PEOPLE = {"person": Account(role=None), "administrator": Account(role="administrator")}
VICTIM = Victim()
ADMINISTRATOR = Keeper()


if CALLER != "anonymous":

    @schemathesis.auth(refresh_interval=None)
    class Caller:
        """Signs each request with the caller's token."""

        def get(self, _case: schemathesis.Case, _context: schemathesis.AuthContext) -> str:
            """Return the token."""
            return PEOPLE[CALLER].live_token() if CALLER in PEOPLE else BACK_END_TOKEN

        def set(
            self, case: schemathesis.Case, data: str, _context: schemathesis.AuthContext
        ) -> None:
            """Put it where the service looks for it."""
            case.headers["Authorization"] = f"Bearer {data}"


@hook
def map_path_parameters(
    context: schemathesis.HookContext, path_parameters: dict[str, Any] | None
) -> dict[str, Any] | None:
    """Have ids that are made up be those of an account, which else there would be none of."""
    user_id = str((path_parameters or {}).get("user_id", ""))
    if path_parameters and CALLER != "anonymous" and re.fullmatch("[1-9][0-9]{0,15}", user_id):
        return {**path_parameters, "user_id": VICTIM.live_id()}
    return path_parameters


@hook
def before_call(
    context: schemathesis.HookContext, case: schemathesis.Case, kwargs: dict[str, Any]
) -> None:
    """Keep in service whom and what all the calls depend on."""
    if CALLER == "anonymous":
        return
    named = case.path_parameters or {}
    if str(named.get("user_id")) in needed():
        named["user_id"] = VICTIM.live_id()
    if operation_id(case) == "save_role" and named.get("name") in NEEDED_ROLES:
        named["name"] = "gardener"


@hook
def after_call(
    context: schemathesis.HookContext, case: schemathesis.Case, response: schemathesis.Response
) -> None:
    """Take another account where this one is signed out, or that one gone."""
    succeeded = response.status_code < 300
    if CALLER in PEOPLE and (
        response.status_code == 401 or (succeeded and operation_id(case) in ENDINGS)
    ):
        PEOPLE[CALLER].token = None
    if succeeded and operation_id(case) == "delete_user":
        VICTIM.user_id = None


def operation_id(case: schemathesis.Case) -> str:
    """Return the name of the function that is called."""
    return str(case.operation.definition.raw["operationId"])
