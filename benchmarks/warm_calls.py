"""What calls cost once a function is warm: ``python -m benchmarks.warm_calls``.

The built functions run on Lambda's Python, and what AWS answers is played back to them as it was
recorded, so that only their own work counts: the processor's time. who-am-I is compared with
fastapi-users behind Mangum, which has its account in memory (SQLite); a log-in with its bcrypt,
and it comes from a device that nobody knows, which takes most. Processes take turns; an asterisk
marks a ratio above its budget.
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

from accounts.access import new_accounts, recent_roles
from accounts.credentials import passwords
from benchmarks import results
from benchmarks.compared import Compared, compared
from benchmarks.results import Row
from infra.build import layer
from infra.build.interpreter import nearest
from infra.build.target import Target
from infra.local import ROOT
from infra.local.api_gateway.http_events import HttpRequest, event_from, new_request_id
from infra.local.stack import Stack, deployed
from infra.local.template.declarations import Function

PASSWORD = "correct horse battery"  # noqa: S105 - it opens nothing
EMAIL = "known@example.com"
# calls a process, of which the first few warm it up
CALLS: Mapping[str, int] = {"AnyUsers": 300, "RefreshTokens": 150, "LogIn": 12}
WARM_UP = 2
ROUNDS = 5
WHO_AM_I, REFRESH, LOG_IN = "who-am-I", "refresh", "log-in"
OURS, FASTAPI, BCRYPT = "ours", "fastapi-users", "its bcrypt"
# a role that is kept so long is not read again, which nobody would answer
PARAMETERS = {"BcryptCost": "12", "RoleCacheSeconds": "300"}
# what is divided by what, and how much that may be
BUDGETS: Mapping[tuple[str, str], float] = {(WHO_AM_I, FASTAPI): 0.40, (LOG_IN, BCRYPT): 1.03}

# of AWS, by operation and what it is of: status, headers, body
Heard = dict[tuple[str, str], tuple[int, Mapping[str, str], str]]
# of who, the calls of one process, in seconds
Taken = Mapping[tuple[str, str], Sequence[float]]

PLAY = """
import importlib, json, sys, time
from types import SimpleNamespace
from botocore.awsrequest import AWSResponse
from botocore.httpsession import URLLib3Session

given = json.load(sys.stdin)
answers = {(target, of): rest for target, of, *rest in given["answers"]}

def send(self, request):
    asked = json.loads(request.body)
    of = asked.get("TableName") or " ".join(sorted(asked.get("RequestItems", ())))
    of += asked.get("ReturnValues", "")
    status, headers, body = answers[request.headers["X-Amz-Target"].decode(), of]
    raw = SimpleNamespace(stream=lambda **_: iter([body.encode()]))
    return AWSResponse(request.url, status, headers, raw)

URLLib3Session.send = send
# one line of log a call: what is measured goes out beside it
out, sys.stdout = sys.stdout, open("/dev/null", "w")
handler = importlib.import_module(given["module"]).handler
context = SimpleNamespace(aws_request_id="1", get_remaining_time_in_millis=lambda: 15000)
took, hashes = [], []
for _ in range(given["calls"]):
    began = time.process_time()
    answer = handler(given["event"], context)
    took.append(time.process_time() - began)
    assert answer["statusCode"] == 200, answer
    if given["hash"]:
        import bcrypt
        began = time.process_time()
        bcrypt.checkpw(b"x" * 64, given["hash"].encode())
        hashes.append(time.process_time() - began)
json.dump([took, hashes], out)
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
json.dump([took, []], sys.stdout)
sys.stdout.flush()
import os
os._exit(0)  # SQLite's thread would be waited for
"""


@dataclass(frozen=True)
class Recording:
    """A call that was answered: its event, and the function that answered it."""

    function: Function
    event: Mapping[str, Any]


def main(arguments: Sequence[str] | None = None) -> None:
    """Record, measure in turns, and print or write what it was."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.warm_calls")
    parser.add_argument("--rounds", type=int, default=ROUNDS, help="default: %(default)s")
    parser.add_argument("--quick", action="store_true", help="one round")
    parser.add_argument("--json", type=Path, help="where to write the figures")
    options = parser.parse_args(arguments)
    logging.disable()
    with TemporaryDirectory() as folder:
        rounds = list(_rounds(Path(folder), 1 if options.quick else options.rounds))
    rows = list(_rows(rounds))
    for row in rows:
        sys.stdout.write(f"{row.what:32}{row.value:10.3f} {row.unit}{_verdict(row)}\n")
    if options.json:
        results.write(options.json, "warm_calls", rows)


def _rounds(folder: Path, rounds: int) -> Iterator[Taken]:
    target, python = nearest()
    it = compared(target, python)
    with player(folder, target, python) as play:
        for _ in range(rounds):
            who_am_i, refresh, log_in = play.recorded()
            logged_in, hashed = play.ours(log_in)
            yield {
                (WHO_AM_I, OURS): play.ours(who_am_i)[0],
                (WHO_AM_I, FASTAPI): play.compared(who_am_i, it),
                (REFRESH, OURS): play.ours(refresh)[0],
                (LOG_IN, OURS): logged_in,
                (LOG_IN, BCRYPT): hashed,
            }


@contextmanager
def player(folder: Path, target: Target, python: Path) -> "Iterator[Player]":
    """Deploy with a person who may log in, and listen to AWS from then on."""
    layer.build(folder, target, python)
    with deployed(PARAMETERS) as stack, _listening() as heard:
        user = new_accounts.new_user(EMAIL, "Known", "read_only", passwords.hashed(PASSWORD))
        new_accounts.create(user)
        stored = f"${user.password_hash.removeprefix('$').split('$', 2)[2]}"
        yield Player(python, stack, folder / "python", heard, stored)


def _record(
    stack: Stack, name: str, body: Mapping[str, str] | None, *headers: tuple[str, str]
) -> tuple[Recording, Mapping[str, Any]]:
    function = next(one for one in stack.functions if one.logical_id == name)
    (route,) = function.routes
    sent = (("Content-Type", "application/json"), ("User-Agent", "benchmark"), *headers)
    text = json.dumps(body).encode() if body else b""
    request = HttpRequest(route.method, route.path, "HTTP/1.1", sent, text, "192.0.2.7", 443)
    event = event_from(request, route, {}, new_request_id())
    answer: Any = stack.invoke(name, event)
    if answer["statusCode"] != 200:  # noqa: PLR2004 - OK
        raise RuntimeError(answer)
    return Recording(function, event), json.loads(answer["body"])


@contextmanager
def _listening() -> Iterator[Heard]:
    """Keep what AWS last answered to this process, also of what a process asks for but once."""
    heard: Heard = {}
    send: Callable[..., Any] = URLLib3Session.send

    def listen(session: URLLib3Session, request: Any) -> Any:  # noqa: ANN401 - botocore's
        answer = send(session, request)
        asked = json.loads(request.body)
        # one table, or those that are read from together; and what is to be read back
        of = asked.get("TableName") or " ".join(sorted(asked.get("RequestItems", ())))
        of += asked.get("ReturnValues", "")
        # of the body as it came, which it may not be when it is played back
        headers = {n: v for n, v in answer.headers.items() if n.lower() != "x-amz-crc32"}
        operation = request.headers["X-Amz-Target"].decode()
        heard[operation, of] = answer.status_code, headers, answer.content.decode()
        for one, items in json.loads(answer.content).get("Responses", {}).items():
            # as it would be read once the others are known, such as roles
            alone = json.dumps({"Responses": {one: items}, "UnprocessedKeys": {}})
            heard[operation, one] = answer.status_code, headers, alone
        return answer

    with patch.object(URLLib3Session, "send", listen):
        yield heard


@dataclass(frozen=True)
class Player:
    """Plays calls in processes of their own, and takes their time."""

    python: Path
    stack: Stack
    packages: Path
    heard: Heard
    password_hash: str

    def recorded(self) -> tuple[Recording, Recording, Recording]:
        """Return who-am-I, a refresh and a log-in that were answered just now: tokens expire."""
        credentials = {"email": EMAIL, "passw": PASSWORD}
        # a process asks for roles at first, and later knows them: both are to be heard
        recent_roles._known.cache_clear()  # noqa: SLF001 - as in a new process
        _record(self.stack, "LogIn", credentials)
        log_in, answer = _record(self.stack, "LogIn", credentials)
        bearer = ("Authorization", f"Bearer {answer['access_token']}")
        who_am_i, _ = _record(self.stack, "AnyUsers", None, bearer)
        recent_roles._known.cache_clear()  # noqa: SLF001 - as above
        body = {"refresh_token": answer["refresh_token"]}
        refresh, _ = _record(self.stack, "RefreshTokens", body)
        return who_am_i, refresh, log_in

    def ours(self, recording: Recording) -> tuple[Sequence[float], Sequence[float]]:
        """Return the seconds of each call, and after a log-in of each bcrypt of its hash."""
        stored = self.password_hash if recording.function.logical_id == "LogIn" else ""
        path = f"{self.packages}{os.pathsep}{ROOT / 'functions'}"
        own = {**recording.function.environment, **self.stack.aws_environment, "PYTHONPATH": path}
        given = {"answers": [[*asked, *told] for asked, told in self.heard.items()]}
        calls, hashes = self._play(PLAY, recording, own, ROOT, **given, hash=stored)
        return calls[WARM_UP:], hashes[WARM_UP:]

    def compared(self, recording: Recording, it: Compared) -> Sequence[float]:
        """Return the seconds of each call of what answers the same question."""
        environment = {**os.environ, "PYTHONPATH": str(it.compiled)}
        calls, _ = self._play(WITH_SQL, recording, environment, it.code)
        return calls[WARM_UP:]

    def _play(
        self,
        script: str,
        recording: Recording,
        environment: Mapping[str, str],
        code: Path,
        **given: object,
    ) -> tuple[Sequence[float], Sequence[float]]:
        function = recording.function
        given["module"] = f"{function.code.name}.{function.handler.partition('.')[0]}"
        given["calls"] = CALLS[function.logical_id]
        command = [str(self.python), "-S", "-B", "-c", script]
        calls, hashes = told(command, code, environment, {**given, "event": recording.event})
        return calls, hashes


def told(
    command: Sequence[str], folder: Path, environment: Mapping[str, str], given: object = None
) -> Any:  # noqa: ANN401 - JSON
    """Return what a process told in JSON, which was given some.

    Raises:
        RuntimeError: it failed, in its own words.
    """
    done = subprocess.run(  # noqa: S603 - our own arguments
        command,
        input=json.dumps(given),
        cwd=folder,
        env=dict(environment),
        text=True,
        capture_output=True,
        check=False,
    )
    if done.returncode:
        raise RuntimeError(done.stderr)
    return json.loads(done.stdout)


def _rows(rounds: Sequence[Taken]) -> Iterator[Row]:
    medians = {name: [statistics.median(taken[name]) for taken in rounds] for name in rounds[0]}
    for (call, whose), seconds in medians.items():
        yield _row(f"{call}, {whose}", "ms", [1000 * one for one in seconds], call, whose)
    for call, other in BUDGETS:
        both = zip(medians[call, OURS], medians[call, other], strict=True)
        yield _row(f"{call} ÷ {other}", "×", [ours / theirs for ours, theirs in both], "ratios")


def _row(what: str, unit: str, values: Sequence[float], group: str, of: str = "") -> Row:
    low, high = None, None
    if len(values) > 1:
        low, _, high = statistics.quantiles(values, method="inclusive")
    return Row(what, unit, statistics.median(values), low, high, len(values), group, of)


def _verdict(row: Row) -> str:
    budgets = {f"{call} ÷ {other}": budget for (call, other), budget in BUDGETS.items()}
    if row.what not in budgets:
        return ""
    budget = budgets[row.what]
    return f"    budget {budget:.2f} {'*' * (row.value > budget)}"


if __name__ == "__main__":
    main()
