import hashlib
import socket
import threading
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler
from types import SimpleNamespace

import pytest

from accounts import metrics, settings
from accounts.credentials import breached
from tests.support.logged import Log
from tests.support.stand_ins import Reply, StandIn, body, listening

PASSWORD = "canary correct horse"
DIGEST = hashlib.sha1(PASSWORD.encode(), usedforsecurity=False).hexdigest().upper()
SUFFIX = DIGEST[5:]
OTHER = "0018A45C4D1DEF81644B54AB7F969B88D65"
PADDING = "00D4F6E8FA6EECAD2A3AA415EEC418D38EC"


@pytest.fixture
def service(monkeypatch: pytest.MonkeyPatch) -> Iterator[StandIn]:
    with listening(lines(f"{OTHER}:3")) as stand_in:
        configure(monkeypatch, f"{stand_in.url}/range")
        yield stand_in


@pytest.fixture
def hurry(monkeypatch: pytest.MonkeyPatch) -> float:
    """The seconds that a check may take in this test."""
    monkeypatch.setattr(breached, "TIMEOUT_SECONDS", 0.2)
    return 0.2


def configure(monkeypatch: pytest.MonkeyPatch, url: str) -> None:
    here = SimpleNamespace(breached_passwords_url=url)
    monkeypatch.setattr(settings, "current", lambda: here)
    metrics.begin()


def lines(*text: str) -> Reply:
    return body("\r\n".join(text).encode())


def assert_failed_open(log: Log, capsys: pytest.CaptureFixture[str], reason: str) -> None:
    assert not breached.contains(PASSWORD)

    (line,) = log.lines
    assert line["message"] == "breached_check_failed"
    assert line["level"] == "WARNING"
    assert line["reason"] == reason
    assert metrics.fields()["BreachedCheckFailed"] == 1
    said = log.text + capsys.readouterr().out
    assert not [part for part in (PASSWORD, "canary", DIGEST, SUFFIX, DIGEST[:5]) if part in said]


def test_a_password_among_the_answers_is_known(service: StandIn) -> None:
    service.answer = lines(f"{OTHER}:3", f"{SUFFIX}:1", f"{PADDING}:0")

    assert breached.contains(PASSWORD)


def test_a_password_not_among_them_is_not(
    service: StandIn, log: Log, capsys: pytest.CaptureFixture[str]
) -> None:
    service.answer = lines(f"{OTHER}:3", f"{PADDING}:0")

    assert not breached.contains(PASSWORD)

    assert log.text + capsys.readouterr().out == ""


def test_what_is_there_as_padding_is_not_known(service: StandIn) -> None:
    service.answer = lines(f"{OTHER}:3", f"{SUFFIX}:0")

    assert not breached.contains(PASSWORD)


@pytest.mark.parametrize("count", ["10", "52256179", "000000000000001"])
def test_any_other_count_is_known(service: StandIn, count: str) -> None:
    service.answer = lines(f"{SUFFIX}:{count}")

    assert breached.contains(PASSWORD)


def test_a_service_that_writes_small_letters_is_understood(service: StandIn) -> None:
    service.answer = lines(f"{SUFFIX.lower()}:1\r\n")

    assert breached.contains(PASSWORD)


def test_the_service_hears_five_digits_of_the_hash_and_nothing_else(service: StandIn) -> None:
    breached.contains(PASSWORD)

    (request,) = service.requests
    start, *headers = request.strip().splitlines()
    assert start == f"GET /range/{DIGEST[:5]} HTTP/1.1"
    assert sorted(header.lower() for header in headers) == [
        "accept-encoding: identity",
        "add-padding: true",
        f"host: 127.0.0.1:{service.port}",
        "user-agent: users-service",
    ]


def test_the_way_accents_are_coded_makes_no_difference(service: StandIn) -> None:
    breached.contains("r\u00e9sum\u00e9 of mine")
    breached.contains("re\u0301sume\u0301 of mine")

    one, two = service.requests
    assert one == two


def test_but_case_does(service: StandIn) -> None:
    breached.contains("a password")
    breached.contains("A Password")

    one, two = service.requests
    assert one != two


@pytest.mark.parametrize("status", [201, 204, 400, 404, 429, 500, 503])
def test_any_other_status_counts_as_no_answer(
    service: StandIn, log: Log, capsys: pytest.CaptureFixture[str], status: int
) -> None:
    service.answer = body(f"{SUFFIX}:1".encode() if status != 204 else b"", status)

    assert_failed_open(log, capsys, "NotAnAnswerError")


@pytest.mark.parametrize("status", [301, 302, 307, 308])
def test_a_redirect_is_not_followed(
    service: StandIn, log: Log, capsys: pytest.CaptureFixture[str], status: int
) -> None:
    service.answer = body(b"", status, {"Location": f"http://127.0.0.1:{service.port}/elsewhere"})

    assert_failed_open(log, capsys, "NotAnAnswerError")

    assert len(service.requests) == 1


GARBAGE = {
    "nothing": b"",
    "a page": b"<html>Sign in to the hotel's network</html>",
    "the password": PASSWORD.encode(),
    "a line too much": f"{SUFFIX}:1\r\n\r\n{OTHER}:2\r\nEOF".encode(),
    "no count": SUFFIX.encode(),
    "a count that is none": f"{SUFFIX}:many".encode(),
    "a negative count": f"{SUFFIX}:-1".encode(),
    "other digits": f"{SUFFIX}:٣".encode(),
    "a whole hash": f"{DIGEST}:1".encode(),
    "broken text": f"{SUFFIX}:1\r\n".encode() + b"\xff\xfe",
    "no end": f"{OTHER}:1\r\n".encode() * 10_000,
}


@pytest.mark.parametrize("content", GARBAGE.values(), ids=GARBAGE)
def test_garbage_counts_as_no_answer(
    service: StandIn, log: Log, capsys: pytest.CaptureFixture[str], content: bytes
) -> None:
    service.answer = body(content)

    assert_failed_open(log, capsys, "NotAnAnswerError")


def test_an_answer_cut_short_counts_as_none(
    service: StandIn, log: Log, capsys: pytest.CaptureFixture[str]
) -> None:
    service.answer = body(f"{OTHER}:1\r\n".encode(), headers={"Content-Length": "4000"})

    assert_failed_open(log, capsys, "ProtocolError")


def test_so_does_what_is_not_http(
    service: StandIn, log: Log, capsys: pytest.CaptureFixture[str]
) -> None:
    def greet(handler: BaseHTTPRequestHandler) -> None:
        handler.wfile.write(b"SSH-2.0-OpenSSH_9.2\r\n")

    service.answer = greet

    assert_failed_open(log, capsys, "ProtocolError")


def test_so_does_a_connection_that_breaks(
    service: StandIn, log: Log, capsys: pytest.CaptureFixture[str]
) -> None:
    service.answer = lambda handler: handler.connection.shutdown(socket.SHUT_RDWR)

    assert_failed_open(log, capsys, "ProtocolError")


def test_so_does_a_connection_refused(
    monkeypatch: pytest.MonkeyPatch, log: Log, capsys: pytest.CaptureFixture[str]
) -> None:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    configure(monkeypatch, f"http://127.0.0.1:{port}/range")

    assert_failed_open(log, capsys, "NewConnectionError")


def test_nobody_waits_longer_than_a_second() -> None:
    assert breached.TIMEOUT_SECONDS == 1


def test_a_service_that_hangs_is_not_waited_for(
    service: StandIn, hurry: float, log: Log, capsys: pytest.CaptureFixture[str]
) -> None:
    def hang(_: BaseHTTPRequestHandler) -> None:
        service.closing.wait(30)

    service.answer = hang
    threads = set(threading.enumerate())
    began = time.monotonic()

    assert not breached.contains(PASSWORD)

    assert time.monotonic() - began < 10 * hurry
    assert len(log.named("breached_check_failed")) == 1
    # the server's thread goes on, ours does not
    left = [t for t in set(threading.enumerate()) - threads if "ThreadPool" in t.name]
    for thread in left:
        thread.join(10 * hurry)
        assert not thread.is_alive()


def test_a_service_that_drips_is_not_waited_for(
    service: StandIn, hurry: float, log: Log, capsys: pytest.CaptureFixture[str]
) -> None:
    def drip(handler: BaseHTTPRequestHandler) -> None:
        handler.send_response(200)
        handler.send_header("Content-Length", "1000")
        handler.end_headers()
        while not service.closing.wait(hurry / 4):
            handler.wfile.write(b"0")

    service.answer = drip
    began = time.monotonic()

    assert_failed_open(log, capsys, "TimeoutError")

    assert time.monotonic() - began < 10 * hurry


def test_a_name_that_does_not_resolve_is_not_waited_for(
    monkeypatch: pytest.MonkeyPatch, hurry: float, log: Log, capsys: pytest.CaptureFixture[str]
) -> None:
    over = threading.Event()

    def resolve(*_: object, **__: object) -> None:
        over.wait(30)
        raise OSError

    configure(monkeypatch, "http://range.example.com")
    monkeypatch.setattr(socket, "getaddrinfo", resolve)
    began = time.monotonic()

    assert_failed_open(log, capsys, "TimeoutError")

    assert time.monotonic() - began < 10 * hurry
    over.set()
