"""The example in Express, which checks tokens with jose, beside a service that runs."""

import json
import os
import subprocess
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any, NamedTuple

import pytest

from tests.clients.conftest import CLIENTS, Node
from tests.support.forging import encoded
from tests.support.register import JWKS, LOG_IN
from tests.support.running import Service, signed_up

pytestmark = pytest.mark.clients

# nobody listens there
NOWHERE = "http://127.0.0.1:9/"


class Told(NamedTuple):
    """What the example answers."""

    status: int
    challenge: str | None
    retry_after: str | None
    content: Any


@pytest.fixture(scope="module")
def hello(service: Service, node: Node) -> Iterator[Callable[[str | None], Told]]:
    """Ask the example, with this token."""
    with _serving(node, {"USERS_ISSUER": service.origin}) as ask:
        yield ask


@pytest.fixture(scope="module")
def tokens(service: Service) -> Mapping[str, Any]:
    """What somebody got who has just signed in."""
    pair: Mapping[str, Any] = service.call(*LOG_IN.at(), body=signed_up(service))
    return pair


@contextmanager
def _serving(node: Node, settings: Mapping[str, str]) -> Iterator[Callable[[str | None], Told]]:
    command = [str(node.bin / "node"), "server.js"]
    folder = CLIENTS / "examples" / "express"
    environment = {**os.environ, "PORT": "0", **settings}
    with subprocess.Popen(  # noqa: S603 - our own
        command, cwd=folder, env=environment, stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        url = process.stdout.readline().strip()
        try:
            yield lambda token: _asked(url, token)
        finally:
            process.terminate()


def _asked(url: str, token: str | None) -> Told:
    request = urllib.request.Request(url)  # noqa: S310 - our own
    if token is not None:
        request.add_header("Authorization", f"Bearer {token}")
    try:
        with urllib.request.urlopen(request, timeout=30) as answer:  # noqa: S310 - as above
            return _told(answer.status, answer.headers, answer.read())
    except urllib.error.HTTPError as error:
        return _told(error.code, error.headers, error.read())


def _told(status: int, headers: Any, body: bytes) -> Told:  # noqa: ANN401 - as urllib has them
    return Told(status, headers["www-authenticate"], headers["retry-after"], json.loads(body))


def test_who_is_signed_in_is_greeted(
    hello: Callable[[str | None], Told], tokens: Mapping[str, Any], service: Service
) -> None:
    told = hello(tokens["access_token"])

    assert (told.status, told.content) == (200, {"message": f"Hello, user {tokens['user']['id']}"})
    # who may do everything
    assert hello(service.administrator_token).status == 200


def test_nobody_else_is(
    hello: Callable[[str | None], Told], tokens: Mapping[str, Any], service: Service
) -> None:
    header, claims, signature = tokens["access_token"].split(".")
    unsigned = f"{encoded({'alg': 'none', 'typ': 'at+jwt'})}.{claims}."
    unknown = f"{encoded({'alg': 'ES256', 'typ': 'at+jwt', 'kid': 'x'})}.{claims}.{signature}"

    assert hello(None)[:2] == (401, "Bearer")
    for token in (
        "x",
        f"{header}.{claims}.{signature[:-4]}AAAA",
        unsigned,
        unknown,
        service.service_token,
        tokens["refresh_token"],
    ):
        assert hello(token)[:2] == (401, 'Bearer error="invalid_token"')


def test_keys_that_cannot_be_had_log_nobody_out(
    service: Service, node: Node, tokens: Mapping[str, Any]
) -> None:
    with _serving(node, {"USERS_ISSUER": service.origin, "USERS_JWKS_URL": NOWHERE}) as ask:
        told = ask(tokens["access_token"])

    assert (told.status, told.challenge, told.retry_after) == (503, None, "5")


def test_token_of_another_issuer_is_refused(
    service: Service, node: Node, tokens: Mapping[str, Any], session: Mapping[str, Any]
) -> None:
    elsewhere = {
        "USERS_ISSUER": "https://other.example.com",
        "USERS_JWKS_URL": f"{service.origin}{JWKS.path}",
    }

    with _serving(node, elsewhere) as ask:
        assert ask(tokens["access_token"]).status == 401
