"""The accounts that a fresh stack begins with here: an administrator and a back-end."""

import json
import urllib.request
from contextlib import suppress
from dataclasses import dataclass
from http import HTTPStatus
from urllib.error import HTTPError

from accounts import settings
from accounts.access import new_accounts, roles, sessions
from accounts.credentials import passwords, reset_tokens, signing
from accounts.errors import UserExistsError
from accounts.sign_in import recovery
from accounts.storage import users

ADMINISTRATOR_EMAIL = "administrator@example.com"
BACK_END_EMAIL = "back-end@example.com"
CLIENT = sessions.Client(ip_address="127.0.0.1", user_agent="make run")
LOGIN_TIMEOUT_SECONDS = 120


@dataclass(frozen=True)
class Administrator:
    """Who may do everything, signed in."""

    email: str
    passw: str
    access_token: str


def administrator(base_url: str, password: str) -> Administrator:
    """Return the administrator, with this password, signed in over the API itself."""
    hashed = passwords.hashed(password)
    user = new_accounts.new_user(ADMINISTRATOR_EMAIL, "Administrator", roles.ADMINISTRATOR, hashed)
    with suppress(UserExistsError):
        new_accounts.create(user)
    try:
        access_token = _log_in(base_url, password)
    except HTTPError as refusal:
        if refusal.code != HTTPStatus.UNAUTHORIZED:
            raise
        # of an earlier run, and with another password
        recovery.reset_password(_reset_token(), password, CLIENT)
        access_token = _log_in(base_url, password)
    return Administrator(ADMINISTRATOR_EMAIL, password, access_token)


def _reset_token() -> str:
    user = users.find_by_email(ADMINISTRATOR_EMAIL)
    assert user is not None  # noqa: S101 - its e-mail was just found to be taken
    return reset_tokens.issue(user, settings.current().reset_token_seconds).reset_token


def service_token() -> str:
    """Return a new token of the back-end, which may sign people up and reset passwords."""
    user = users.find_by_email(BACK_END_EMAIL)
    if user is None:
        user = new_accounts.new_user(
            BACK_END_EMAIL, "Back-end", roles.SERVICE, None, kind=users.SERVICE
        )
        new_accounts.create(user)
    session = sessions.new_service_session(user, CLIENT)
    sessions.begin(user, session)
    return signing.access_token(session, roles.permissions_of(user.role))


def _log_in(base_url: str, password: str) -> str:
    request = urllib.request.Request(  # noqa: S310 - the address is our own
        f"{base_url}/api/v1/public/users/login",
        data=json.dumps({"email": ADMINISTRATOR_EMAIL, "passw": password}).encode(),
        headers={"Content-Type": "application/json", "User-Agent": CLIENT.user_agent},
    )
    # no proxy: the address is on this machine
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    with opener.open(request, timeout=LOGIN_TIMEOUT_SECONDS) as answer:
        access_token: str = json.load(answer)["access_token"]
    return access_token
