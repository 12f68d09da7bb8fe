"""The check that who signs up is no bot, with a stand-in for its provider and moto for SSM."""

import json
import socket
import time
from collections.abc import Callable, Iterator, Mapping
from http.server import BaseHTTPRequestHandler
from urllib.parse import parse_qs

import boto3
import pytest
from botocore.exceptions import ClientError

from accounts import aws, settings
from accounts.credentials import bot_check, siteverify
from accounts.errors import BotCheckFailedError, UnavailableError, ValidationFailedError
from tests.support.clocks import Clock
from tests.support.deployment import Deployment
from tests.support.logged import Log
from tests.support.stand_ins import Reply, StandIn, body, listening

TOKEN = "canary-token-from-the-page"
SECRET = "canary-secret-of-ours"
NAME = "/users/bot-check"
ADDRESS = "192.0.2.1"
Setting = Callable[..., None]


def _says(**told: object) -> Reply:
    return body(json.dumps(told).encode())


def _refuses(*codes: str) -> Reply:
    return _says(**{"success": False, "error-codes": list(codes)})


@pytest.fixture
def provider(stack: Deployment, setting: Setting, clock: Clock) -> Iterator[StandIn]:
    """A provider that takes every token, for as long as it does."""
    boto3.client("ssm").put_parameter(Name=NAME, Value=SECRET, Type="SecureString", Overwrite=True)
    siteverify._secret.cache_clear()  # noqa: SLF001 - what another test has read
    with listening(_says(success=True)) as stand_in:
        setting(BOT_CHECK_URL=f"{stand_in.url}/siteverify", BOT_CHECK_SECRET=NAME)
        yield stand_in


@pytest.fixture
def hurry(monkeypatch: pytest.MonkeyPatch) -> float:
    """The seconds that a check may take in this test."""
    monkeypatch.setattr(siteverify, "TIMEOUT_SECONDS", 0.2)
    return 0.2


def _assert_closed(log: Log, reason: str) -> None:
    with pytest.raises(UnavailableError) as refusal:
        bot_check.require_passed(TOKEN, ADDRESS)

    assert (refusal.value.dependency, refusal.value.reason) == ("BotCheck", reason)
    (line,) = log.named("bot_check_failed")
    assert (line["level"], line["reason"]) == ("WARNING", reason)
    assert "canary" not in log.text


def test_where_no_provider_is_set_nobody_is_asked(
    stack: Deployment, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert settings.current().bot_check_url == ""
    monkeypatch.setattr(siteverify, "require_human", None)

    bot_check.require_passed(None, ADDRESS)
    bot_check.require_passed(TOKEN, ADDRESS)


def test_who_passed_may_go_on(provider: StandIn) -> None:
    bot_check.require_passed(TOKEN, ADDRESS)

    assert len(provider.requests) == 1


def test_the_provider_hears_the_secret_the_token_and_the_address(provider: StandIn) -> None:
    bot_check.require_passed(TOKEN, ADDRESS)

    (request,), (form,) = provider.requests, provider.bodies
    start, *headers = request.strip().splitlines()
    assert start == "POST /siteverify HTTP/1.1"
    assert sorted(header.lower() for header in headers) == [
        "accept-encoding: identity",
        f"content-length: {len(form)}",
        "content-type: application/x-www-form-urlencoded",
        f"host: 127.0.0.1:{provider.port}",
        "user-agent: users-service",
    ]
    assert parse_qs(form.decode(), strict_parsing=True) == {
        "secret": [SECRET],
        "response": [TOKEN],
        "remoteip": [ADDRESS],
    }


def test_a_token_is_a_value_and_no_more_fields(provider: StandIn) -> None:
    hostile = "x&secret=other&remoteip=198.51.100.7\r\n\u00e9"

    bot_check.require_passed(hostile, ADDRESS)

    form = parse_qs(provider.bodies[0].decode())
    assert form == {"secret": [SECRET], "response": [hostile], "remoteip": [ADDRESS]}


def test_who_has_no_token_is_told_that_one_is_needed(provider: StandIn) -> None:
    with pytest.raises(ValidationFailedError) as refusal:
        bot_check.require_passed(None, ADDRESS)

    assert refusal.value.details == [{"field": "bot_token", "message": "This field is required"}]
    assert provider.requests == []


@pytest.mark.parametrize(
    "codes",
    [
        ("invalid-input-response",),
        ("timeout-or-duplicate",),
        ("invalid-or-already-seen-response",),
        ("missing-input-response",),
        ("something-new",),
        (),
    ],
)
def test_who_did_not_pass_is_refused(provider: StandIn, log: Log, codes: tuple[str, ...]) -> None:
    provider.answer = _refuses(*codes)

    with pytest.raises(BotCheckFailedError):
        bot_check.require_passed(TOKEN, ADDRESS)

    assert log.text == ""


@pytest.mark.parametrize(
    "code",
    [
        "missing-input-secret",
        "invalid-input-secret",
        "sitekey-secret-mismatch",
        "internal-error",
        "bad-request",
    ],
)
def test_a_fault_that_is_not_the_persons_is_not_put_on_them(
    provider: StandIn, log: Log, code: str
) -> None:
    provider.answer = _refuses("invalid-input-response", code)

    _assert_closed(log, code)


GARBAGE: Mapping[str, bytes] = {
    "nothing": b"",
    "a page": b"<html>Sign in to the hotel's network</html>",
    "no object": b"true",
    "a list": b'[{"success": true}]',
    "no success": b'{"error-codes": []}',
    "success as text": b'{"success": "true"}',
    "success as a number": b'{"success": 1}',
    "success as nothing": b'{"success": null}',
    "broken text": b'{"success": true, "x": "\xff"}',
    "cut short": b'{"success": tru',
    "nested too deep": b"[" * 15_000,
    "no end": b'{"success": true}' + b" " * 20_000,
}


@pytest.mark.parametrize("content", GARBAGE.values(), ids=GARBAGE)
def test_garbage_lets_nobody_pass(provider: StandIn, log: Log, content: bytes) -> None:
    provider.answer = body(content)

    _assert_closed(log, "NotAnAnswerError")


@pytest.mark.parametrize("status", [201, 204, 301, 302, 307, 400, 403, 404, 429, 500, 503])
def test_any_other_status_lets_nobody_pass(provider: StandIn, log: Log, status: int) -> None:
    content = b"" if status == 204 else b'{"success": true}'
    provider.answer = body(content, status, {"Location": f"{provider.url}/elsewhere"})

    _assert_closed(log, "NotAnAnswerError")

    assert len(provider.requests) == 1


def test_a_provider_that_refuses_connections_lets_nobody_pass(
    provider: StandIn, setting: Setting, log: Log
) -> None:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    setting(BOT_CHECK_URL=f"http://127.0.0.1:{port}")

    _assert_closed(log, "NewConnectionError")


def test_nobody_waits_longer_than_three_seconds() -> None:
    assert siteverify.TIMEOUT_SECONDS == 3


def test_a_provider_that_hangs_lets_nobody_pass_and_is_not_waited_for(
    provider: StandIn, hurry: float
) -> None:

    def hang(_: BaseHTTPRequestHandler) -> None:
        provider.closing.wait(30)

    provider.answer = hang
    began = time.monotonic()

    with pytest.raises(UnavailableError):
        bot_check.require_passed(TOKEN, ADDRESS)

    assert time.monotonic() - began < 10 * hurry


def test_neither_is_one_that_drips(provider: StandIn, hurry: float, log: Log) -> None:
    def drip(handler: BaseHTTPRequestHandler) -> None:
        handler.send_response(200)
        handler.send_header("Content-Length", "1000")
        handler.end_headers()
        while not provider.closing.wait(hurry / 4):
            handler.wfile.write(b" ")

    provider.answer = drip
    began = time.monotonic()

    _assert_closed(log, "TimeoutError")

    assert time.monotonic() - began < 10 * hurry


@pytest.fixture
def reads(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The names that SSM was asked for."""
    asked: list[str] = []
    client = aws.client("ssm")
    get = client.get_parameter

    def noted(**arguments: str) -> object:
        asked.append(arguments["Name"])
        return get(**arguments)

    monkeypatch.setattr(client, "get_parameter", noted)
    return asked


def test_the_secret_is_read_once_in_five_minutes(
    provider: StandIn, clock: Clock, reads: list[str]
) -> None:
    clock.advance(seconds=300 - clock.time.timestamp() % 300)
    for seconds in (0, 299, 1):
        clock.advance(seconds=seconds)
        bot_check.require_passed(TOKEN, ADDRESS)

    assert reads == [NAME] * 2


def test_a_secret_that_is_not_taken_is_read_again(
    provider: StandIn, reads: list[str], log: Log
) -> None:
    provider.answer = _refuses("invalid-input-secret")
    _assert_closed(log, "invalid-input-secret")
    boto3.client("ssm").put_parameter(Name=NAME, Value="another", Overwrite=True)
    provider.answer = _says(success=True)

    bot_check.require_passed(TOKEN, ADDRESS)

    assert parse_qs(provider.bodies[-1].decode())["secret"] == ["another"]
    assert reads == [NAME] * 2


def test_without_the_secret_nobody_passes_and_the_provider_hears_nothing(
    provider: StandIn, setting: Setting
) -> None:
    setting(BOT_CHECK_URL=provider.url, BOT_CHECK_SECRET="/users/none")

    with pytest.raises(UnavailableError) as refusal:
        bot_check.require_passed(TOKEN, ADDRESS)

    assert (refusal.value.dependency, refusal.value.reason) == ("SSM", "ParameterNotFound")
    assert isinstance(refusal.value.__cause__, ClientError)
    assert provider.requests == []
