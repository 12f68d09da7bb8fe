"""The three documented calls of sign-up, by curl and word for word but for host and token."""

import json
import os
import re
import subprocess
import urllib.parse
import urllib.request
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest

from tests.support.register import DELETE_USER, LIST_USERS

URL = '"https://api.example.com/api/v1/server/users/sign_up"'
TOKEN = '-H "Authorization: Bearer YOUR_JWT_TOKEN"'
JSON = '-H "Content-Type: application/json"'
BODY = """-d '{"passw":"example_string","email":"user@example.com","name":"Example Name"}'"""
CREATED = f"curl -X POST -v {TOKEN} {JSON} {BODY} {URL}"
NO_TOKEN = f"curl -X POST -v {JSON} {BODY} {URL}"
NO_BODY = f"curl -X POST -v {TOKEN} {URL}"
EMAIL = "user@example.com"
# on a line of its own unless curl had to wait, and said so
STATUS = re.compile(r"< HTTP/1\.1 (\d{3})")

pytestmark = pytest.mark.readme


@pytest.fixture(scope="module")
def session() -> Mapping[str, Any]:
    """What `make run` tells scripts of itself."""
    content: Mapping[str, Any] = json.loads(Path(os.environ["SESSION"]).read_text(encoding="utf-8"))
    return content


@pytest.fixture
def _nobody_yet(session: Mapping[str, Any]) -> Iterator[None]:
    """The address is free: the README signs it up too."""
    delete_person(session)
    yield
    delete_person(session)


def delete_person(session: Mapping[str, Any]) -> None:
    users = call(session, *LIST_USERS.at({"email": EMAIL}))["users"]
    for user in users:
        call(session, *DELETE_USER.at(user_id=user["id"]))


def call(session: Mapping[str, Any], method: str, path: str) -> Mapping[str, Any]:
    request = urllib.request.Request(  # noqa: S310 - the address is our own
        session["base_url"] + path,
        method=method,
        headers={"Authorization": f"Bearer {session['administrator']['access_token']}"},
    )
    with urllib.request.urlopen(request, timeout=60) as answer:  # noqa: S310 - as above
        content: Mapping[str, Any] = json.load(answer)
    return content


def curl(session: Mapping[str, Any], command: str) -> tuple[int, dict[str, Any]]:
    """Return the status and the JSON that the documented command gets."""
    command = command.replace("https://api.example.com", session["base_url"])
    done = subprocess.run(  # noqa: S603 - our own commands
        ["bash", "-c", command.replace("YOUR_JWT_TOKEN", session["service_token"])],  # noqa: S607 - the bash of the machine
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
    )
    (status,) = STATUS.findall(done.stderr)
    return int(status), json.loads(done.stdout)


@pytest.mark.usefixtures("_nobody_yet")
def test_sign_up_creates_the_account(session: Mapping[str, Any]) -> None:
    status, body = curl(session, CREATED)

    assert status == 201
    assert body.keys() == {"id", "message", "created_at"}
    assert type(body["id"]) is int
    assert body["message"] == "Resource created successfully"
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", body["created_at"])


def test_sign_up_without_a_token_asks_for_authentication(session: Mapping[str, Any]) -> None:
    answer = curl(session, NO_TOKEN)

    assert answer == (401, {"error": "Unauthorized", "message": "Authentication required"})


def test_sign_up_without_a_body_lists_what_is_missing(session: Mapping[str, Any]) -> None:
    status, body = curl(session, NO_BODY)

    assert status == 422
    required = {"message": "This field is required"}
    assert body == {
        "error": "Validation Error",
        "message": "Required parameters missing",
        "details": [{"field": field, **required} for field in ("passw", "email", "name")],
    }
