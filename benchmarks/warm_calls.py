"""What calls cost once a function is warm: ``python -m benchmarks.warm_calls``.

The built functions run on Lambda's Python, and what AWS answers is played back to them from one
call that was recorded, so that only their own work counts: the processor's time. who-am-I is
compared with fastapi-users behind Mangum, which has its account in memory (SQLite); a log-in with
its bcrypt. Processes take turns; an asterisk marks a ratio above its budget.
"""

import argparse
import json
import logging
import os
import statistics
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from unittest.mock import patch

from botocore.httpsession import URLLib3Session

from accounts.access import new_accounts
from accounts.credentials import passwords
from benchmarks.compared import compared
from infra.build import layer
from infra.build.interpreter import nearest
from infra.local import ROOT
from infra.local.api_gateway.http_events import HttpRequest, event_from, new_request_id
from infra.local.stack import Stack, deployed
from infra.local.template.declarations import Function

ROUNDS = 5
PASSWORD = "correct horse battery"  # noqa: S105 - it opens nothing
EMAIL = "known@example.com"
# calls a process, of which the first few warm it up
CALLS: Mapping[str, int] = {"AnyUsers": 300, "LogIn": 12}
WARM_UP = 2
WHO_AM_I_BUDGET, LOG_IN_BUDGET = 0.60, 1.03

PLAY = """
import importlib, json, sys, time
from types import SimpleNamespace
from botocore.awsrequest import AWSResponse, HeadersDict
from botocore.httpsession import URLLib3Session

given = json.load(sys.stdin)
answers = {(target, table): rest for target, table, *rest in given["answers"]}

def send(self, request):
    table = json.loads(request.body).get("TableName", "")
    status, headers, body = answers[request.headers["X-Amz-Target"].decode(), table]
    raw = SimpleNamespace(stream=lambda **_: iter([body.encode()]))
    return AWSResponse(request.url, status, HeadersDict(headers), raw)

URLLib3Session.send = send
# one line of log a call: what is measured goes out beside it
out, sys.stdout = sys.stdout, open("/dev/null", "w")
handler = importlib.import_module(given["module"]).handler
context = SimpleNamespace(aws_request_id="1", get_remaining_time_in_millis=lambda: 15000)
took = []
for _ in range(given["calls"]):
    began = time.process_time()
    answer = handler(given["event"], context)
    took.append(time.process_time() - began)
    assert answer["statusCode"] == 200, answer
if given["hash"]:
    import bcrypt
    for _ in range(given["calls"]):
        began = time.process_time()
        bcrypt.checkpw(b"x" * 64, given["hash"].encode())
        took.append(time.process_time() - began)
json.dump(took, out)
"""
WITH_SQL = """
import asyncio, json, sys, time, uuid
from types import SimpleNamespace
import with_sql

loop = asyncio.new_event_loop()
asyncio.set_event_loop(loop)

async def populate():
    async with with_sql.engine.begin() as connection:
        await connection.run_sync(with_sql.Base.metadata.create_all)
    async with with_sql.sessions() as session:
        user = with_sql.User(id=uuid.uuid4(), email="known@example.com", hashed_password="",
                             is_active=True, is_superuser=False, is_verified=True)
        session.add(user)
        await session.commit()
        return user

user = loop.run_until_complete(populate())
token = loop.run_until_complete(with_sql.strategy().write_token(user))
given = json.load(sys.stdin)
event = given["event"] | {"rawPath": "/users/me", "routeKey": "$default"}
event["requestContext"]["http"] |= {"method": "GET", "path": "/users/me"}
event["headers"]["authorization"] = f"Bearer {token}"
took = []
for _ in range(given["calls"]):
    began = time.process_time()
    answer = with_sql.handler(event, SimpleNamespace())
    took.append(time.process_time() - began)
    assert answer["statusCode"] == 200, answer
json.dump(took, sys.stdout)
sys.stdout.flush()
import os
os._exit(0)  # SQLite's thread would be waited for
"""


@dataclass(frozen=True)
class Recording:
    """A call: its event, what AWS answered, and the function that answered it."""

    function: Function
    event: Mapping[str, Any]
    answers: Sequence[tuple[str, str, int, Mapping[str, str], str]]


def main(arguments: Sequence[str] | None = None) -> None:
    """Record, measure in turns, and print."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.warm_calls")
    parser.add_argument("--rounds", type=int, default=ROUNDS, help="default: %(default)s")
    rounds = parser.parse_args(arguments).rounds
    logging.disable()
    target, python = nearest()
    with TemporaryDirectory() as folder, deployed({"BcryptCost": "12"}) as stack:
        layer.build(Path(folder), target, python)
        who_am_i, log_in, stored = _recorded(stack)
        it = compared(target, python)
        ours = _environment(who_am_i, stack, Path(folder) / "python")
        theirs = {**os.environ, "PYTHONPATH": str(it.compiled)}
        taken: dict[str, list[float]] = {"ours": [], "theirs": [], "log-in": [], "bcrypt": []}
        for _ in range(rounds):
            taken["ours"].append(_median(_play(python, PLAY, who_am_i, ours)))
            taken["theirs"].append(_median(_play(python, WITH_SQL, who_am_i, theirs, it.code)))
            both = _play(python, PLAY, log_in, ours, stored=stored)
            taken["log-in"].append(_median(both[: len(both) // 2]))
            taken["bcrypt"].append(_median(both[len(both) // 2 :]))
    for name, seconds in taken.items():
        sys.stdout.write(f"{name:24}{1000 * statistics.median(seconds):10.2f} ms\n")
    _print_ratio("who am I / fastapi-users", taken["ours"], taken["theirs"], WHO_AM_I_BUDGET)
    _print_ratio("log-in / its bcrypt", taken["log-in"], taken["bcrypt"], LOG_IN_BUDGET)


def _recorded(stack: Stack) -> tuple[Recording, Recording, str]:
    user = new_accounts.new_user(EMAIL, "Known", "read_only", passwords.hashed(PASSWORD))
    new_accounts.create(user)
    body = json.dumps({"email": EMAIL, "passw": PASSWORD}).encode()
    # opens connections, which is not to be recorded
    _call(stack, "LogIn", body=body)
    log_in, answer = _record(stack, "LogIn", body=body)
    token = json.loads(answer["body"])["access_token"]
    who_am_i, _ = _record(stack, "AnyUsers", ("Authorization", f"Bearer {token}"))
    return who_am_i, log_in, f"${user.password_hash.removeprefix('$').split('$', 2)[2]}"


def _record(
    stack: Stack, name: str, *headers: tuple[str, str], body: bytes = b""
) -> tuple[Recording, Mapping[str, Any]]:
    with _listening() as answers:
        function, event, answer = _call(stack, name, *headers, body=body)
    return Recording(function, event, answers), answer


def _call(
    stack: Stack, name: str, *headers: tuple[str, str], body: bytes = b""
) -> tuple[Function, Mapping[str, Any], Mapping[str, Any]]:
    function = next(one for one in stack.functions if one.logical_id == name)
    (route,) = function.routes
    sent = (("Content-Type", "application/json"), ("User-Agent", "benchmark"), *headers)
    request = HttpRequest(route.method, route.path, "HTTP/1.1", sent, body, "192.0.2.7", 443)
    event = event_from(request, route, {}, new_request_id())
    answer: Any = stack.invoke(name, event)
    if answer["statusCode"] != 200:  # noqa: PLR2004 - OK
        raise RuntimeError(answer)
    return function, event, answer


@contextmanager
def _listening() -> Iterator[list[tuple[str, str, int, Mapping[str, str], str]]]:
    """Record what AWS answers to this process, as (operation, table, status, headers, body)."""
    heard: list[tuple[str, str, int, Mapping[str, str], str]] = []
    send: Callable[..., Any] = URLLib3Session.send

    def listen(session: URLLib3Session, request: Any) -> Any:  # noqa: ANN401 - botocore's
        answer = send(session, request)
        table = json.loads(request.body).get("TableName", "")
        # of the body as it came, which it may not be when it is played back
        headers = {n: v for n, v in answer.headers.items() if n.lower() != "x-amz-crc32"}
        operation = request.headers["X-Amz-Target"].decode()
        heard.append((operation, table, answer.status_code, headers, answer.content.decode()))
        return answer

    with patch.object(URLLib3Session, "send", listen):
        yield heard


def _environment(recording: Recording, stack: Stack, packages: Path) -> Mapping[str, str]:
    environment = {**recording.function.environment, **stack.aws_environment}
    return {**environment, "PYTHONPATH": f"{packages}{os.pathsep}{ROOT / 'functions'}"}


def _play(
    python: Path,
    script: str,
    recording: Recording,
    environment: Mapping[str, str],
    code: Path = ROOT,
    *,
    stored: str = "",
) -> Sequence[float]:
    """Return the seconds of the processor that each call took, and after them each bcrypt."""
    function = recording.function
    given = {
        "module": f"{function.code.name}.{function.handler.partition('.')[0]}",
        "calls": CALLS[function.logical_id],
        "event": recording.event,
        "answers": recording.answers,
        "hash": stored,
    }
    done = subprocess.run(  # noqa: S603 - our own arguments
        [str(python), "-S", "-B", "-c", script],
        input=json.dumps(given),
        cwd=code,
        env=dict(environment),
        text=True,
        capture_output=True,
        check=False,
    )
    if done.returncode:
        raise RuntimeError(done.stderr)
    took: Sequence[float] = json.loads(done.stdout)
    return took


def _median(seconds: Sequence[float]) -> float:
    return statistics.median(seconds[WARM_UP:])


def _print_ratio(name: str, one: Sequence[float], other: Sequence[float], budget: float) -> None:
    ratio = statistics.median(a / b for a, b in zip(one, other, strict=True))
    sys.stdout.write(f"{name:24}{ratio:10.3f}    budget {budget:.2f} {'*' * (ratio > budget)}\n")


if __name__ == "__main__":
    main()
