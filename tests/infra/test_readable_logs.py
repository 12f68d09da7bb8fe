"""What happens is readable in the terminal: a line a request, and what went wrong."""

import io
import json
import re
import threading
from collections.abc import Iterable
from typing import TYPE_CHECKING

import pytest
from rich.console import Console
from werkzeug import Response
from werkzeug.test import Client

from infra.local.api_gateway import access_log
from infra.local.api_gateway.access_log import Answered, logged
from infra.local.function_log import ReadableLog
from infra.local.server import RAW_TARGET, limited
from tests.support.register import ANY_USERS

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIEnvironment

TOO_LATE = 5.0


def _refusing(environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
    refusal = Response("{}", 401, {"x-error-code": "token_expired"})
    return refusal(environ, start_response)


@pytest.fixture
def screen() -> io.StringIO:
    return io.StringIO()


@pytest.fixture
def console(screen: io.StringIO) -> Console:
    return Console(file=screen, width=40, highlight=False)


def test_answered_request_is_one_line(console: Console, screen: io.StringIO) -> None:
    api = logged(_refusing, lambda answered: access_log.show(console, answered))
    path = ANY_USERS.path

    answer = Client(api).put(path, environ_overrides={RAW_TARGET: f"{path}?email=a@example.com"})

    assert (answer.status_code, answer.text) == (401, "{}")
    time, method, shown, status, took, unit, code = screen.getvalue().split()
    assert re.fullmatch(r"\d\d:\d\d:\d\d", time)
    assert (method, shown, status, unit, code) == ("PUT", path, "401", "ms", "token_expired")
    assert int(took) < 1000
    assert screen.getvalue().count("\n") == 1


def test_answer_without_a_code_ends_its_line_with_the_time(
    console: Console, screen: io.StringIO
) -> None:
    api = logged(Response("", 204), lambda answered: access_log.show(console, answered))

    Client(api).delete("/x", environ_overrides={RAW_TARGET: "/x"})

    assert re.search(r"DELETE +/x +204 +\d+ ms\s*\Z", screen.getvalue())


def test_request_cannot_command_the_terminal(screen: io.StringIO) -> None:
    lines: list[Answered] = []
    api = logged(_refusing, lines.append)
    Client(api).get("/", environ_overrides={RAW_TARGET: "/\x1b[2J[red]"})

    access_log.show(Console(file=screen, force_terminal=False), lines[0])

    assert "\x1b" not in screen.getvalue()
    assert "/\N{REPLACEMENT CHARACTER}[2J[red]" in screen.getvalue()


def test_only_so_many_requests_are_worked_on_at_once() -> None:
    working = threading.Semaphore(0)
    go_on = threading.Event()

    def slow(environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
        working.release()
        assert go_on.wait(TOO_LATE)
        return Response("done")(environ, start_response)

    client = Client(limited(slow, 2))
    answers: list[str] = []
    threads = [
        threading.Thread(target=lambda: answers.append(client.get("/").text)) for _ in range(5)
    ]
    for thread in threads:
        thread.start()

    assert working.acquire(timeout=TOO_LATE)
    assert working.acquire(timeout=TOO_LATE)
    assert not working.acquire(timeout=0.1)
    go_on.set()
    for thread in threads:
        thread.join(TOO_LATE)
    assert answers == ["done"] * 5


def test_lines_of_requests_are_left_to_the_access_log(
    console: Console, screen: io.StringIO
) -> None:
    log = ReadableLog(console)

    log.write(json.dumps({"level": "INFO", "message": "request", "status": 200}) + "\n")

    assert screen.getvalue() == ""


def test_warning_is_one_readable_line(console: Console, screen: io.StringIO) -> None:
    log = ReadableLog(console)
    record = {
        "level": "WARNING",
        "message": "refresh_token_replayed",
        "timestamp": "2026-11-26T10:47:11.923+00:00",
        "service": "users-local",
        "request_id": "b2hWAURTcRlgqS8=",
        "user_id": 7,
        "session_id": "KUg6\x1b[2J",
    }

    log.write(json.dumps(record) + "\n")

    assert screen.getvalue() == (
        "WARNING  refresh_token_replayed  request_id=b2hWAURTcRlgqS8=  user_id=7"
        "  session_id=KUg6\N{REPLACEMENT CHARACTER}[2J\n"
    )


def test_crash_is_told_with_where_it_was(console: Console, screen: io.StringIO) -> None:
    log = ReadableLog(console)
    causes = [
        {"type": "KeyError", "frames": ["users.py:7 find", "tables.py:9 get"]},
        {"type": "ClientError", "code": "AccessDeniedException", "frames": ["kms.py:3 sign"]},
    ]

    log.write(json.dumps({"level": "ERROR", "message": "crash", "causes": causes}) + "\n")

    assert screen.getvalue().splitlines() == [
        "ERROR  crash",
        "  KeyError",
        "    users.py:7 find",
        "    tables.py:9 get",
        "  ClientError AccessDeniedException",
        "    kms.py:3 sign",
    ]


def test_what_is_no_log_line_is_shown_as_it_is(console: Console, screen: io.StringIO) -> None:
    log = ReadableLog(console)

    for text in ("look ", "here: [x]", "\n", "7\n", '{"a": 1}\nthe be', "ginning\n"):
        log.write(text)

    assert screen.getvalue() == 'look here: [x]\n7\n{"a": 1}\nthe beginning\n'
