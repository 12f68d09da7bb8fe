"""Beside what a team would take instead: ``python -m benchmarks.peers``.

fastapi-users behind Mangum, with its accounts in SQLite in memory, and better-auth on Node, bundled
as for Lambda, with its own adapter for memory; of ours, what AWS answers is played back. So each
does its own work and waits for no database: the processor's time, and for starts the clock's too.
All take turns on the same machine. Each hashes passwords as it does by default, which is most of a
log-in and no merit of the rest: what remains without the hash is told as well.
"""

import argparse
import logging
import os
import statistics
import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from benchmarks import results
from benchmarks.cold_start import FUNCTIONS, Variant, _start
from benchmarks.compared import Compared, compared
from benchmarks.results import Row
from benchmarks.warm_calls import Player, Recording, player, told
from infra.build.interpreter import nearest
from infra.local import ROOT

ROUNDS, QUICK_ROUNDS = 10, 2
CALLS, LOG_INS, WARM_UP = 300, 12, 2
BETTER_AUTH = ROOT / "benchmarks" / "better_auth"
OURS, FASTAPI, NODE = "this service", "fastapi-users", "better-auth"

FASTAPI_USERS = """
import asyncio, json, os, sys, time
from types import SimpleNamespace
from urllib.parse import urlencode

def now(): return 1e3 * time.process_time(), 1e3 * time.perf_counter()
began = now()
import with_sql
ready = now()

with_sql.app.include_router(with_sql.users.get_auth_router(with_sql.backend))
given = json.load(sys.stdin)
loop = asyncio.new_event_loop()
asyncio.set_event_loop(loop)
helper = with_sql.UserManager(None).password_helper
secret = "correct horse battery"
stored = helper.hash(secret)

async def populate():
    async with with_sql.engine.begin() as connection:
        await connection.run_sync(with_sql.Base.metadata.create_all)
    async with with_sql.sessions() as session:
        session.add(with_sql.User(email="known@example.com", hashed_password=stored))
        await session.commit()

def request(method, path, headers, body=""):
    event = json.loads(json.dumps(given["event"])) | {"rawPath": path, "routeKey": "$default"}
    event["requestContext"]["http"] |= {"method": method, "path": path}
    event |= {"body": body, "isBase64Encoded": False}
    event["headers"] |= {**headers, "content-length": str(len(body))}
    return event

def taken(times, act):
    took = []
    for _ in range(times):
        began = now()
        answer = act()
        took.append(now()[0] - began[0])
        assert answer, answer
    return took

def answered(event):
    answer = with_sql.handler(event, SimpleNamespace())
    assert answer["statusCode"] == 200, answer
    return answer

loop.run_until_complete(populate())
form = urlencode({"username": "known@example.com", "password": secret})
log_in = request("POST", "/login", {"content-type": "application/x-www-form-urlencoded"}, form)
token = json.loads(answered(log_in)["body"])["access_token"]
who_am_i = request("GET", "/users/me", {"authorization": f"Bearer {token}"})
json.dump({
    "cpu": ready[0] - began[0],
    "clock": ready[1] - began[1],
    "whoAmI": taken(given["calls"], lambda: answered(who_am_i)),
    "logIn": taken(given["log_ins"], lambda: answered(log_in)),
    "hash": taken(given["log_ins"], lambda: helper.verify_and_update(secret, stored)[0]),
}, sys.stdout)
sys.stdout.flush()
os._exit(0)  # SQLite's thread would be waited for
"""


@dataclass(frozen=True)
class Round:
    """What one took in a round, in milliseconds; all but the clock's of the processor."""

    start: float
    start_clock: float
    who_am_i: float
    log_in: float
    password_hash: float

    @property
    def rest(self) -> float:
        """Return what is left of a log-in without its hash."""
        return self.log_in - self.password_hash


# what is compared, and where in a round it stands
FIGURES = {
    "cold start": "start",
    "cold start, by the clock": "start_clock",
    "who-am-I": "who_am_i",
    "log-in": "log_in",
    "password hash": "password_hash",
    "log-in without its hash": "rest",
}
# ours, where it has something that the others' starts have not
FIRST_CLIENT = "cold start, with the first client of DynamoDB"


def main(arguments: Sequence[str] | None = None) -> None:
    """Measure in turns, print, and write the rows."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.peers")
    parser.add_argument("--rounds", type=int, default=ROUNDS, help="default: %(default)s")
    parser.add_argument("--quick", action="store_true", help=f"{QUICK_ROUNDS} rounds")
    parser.add_argument("--json", type=Path, help="where to write the rows")
    given = parser.parse_args(arguments)
    measured = rows(QUICK_ROUNDS if given.quick else given.rounds)
    for row in measured:
        spread = f"{row.low:10.2f} to {row.high:.2f}"
        sys.stdout.write(f"{row.what:56}{row.value:10.2f} {row.unit:3}{spread}\n")
    if given.json:
        results.write(given.json, "peers", measured)


def rows(rounds: int) -> list[Row]:
    """Return what each took, and ours by theirs, with the spread of the rounds."""
    logging.disable()
    target, python = nearest()
    theirs = compared(target, python)
    taken: dict[str, list[Round]] = {OURS: [], FASTAPI: [], NODE: []}
    clients = []
    with TemporaryDirectory() as folder, player(Path(folder), target, python) as play:
        for _ in range(rounds):
            who_am_i, _, log_in = play.recorded()
            ours, client = _ours(play, who_am_i, log_in)
            taken[OURS].append(ours)
            clients.append(ours.start + client)
            taken[FASTAPI].append(_fastapi_users(python, theirs, who_am_i))
            taken[NODE].append(_better_auth())
    first = _row(f"{FIRST_CLIENT}, {OURS}", "ms", clients, "cold start", f"{OURS}, first client")
    own, *times = _times(taken)
    return [own, first, *times, *_ratios(taken)]


def _ours(play: Player, who_am_i: Recording, log_in: Recording) -> tuple[Round, float]:
    """Return what it took, and its first client of DynamoDB besides."""
    variant = Variant("any_users", FUNCTIONS / "private", play.packages)
    start = _start(variant, play.python)
    seconds = (play.ours(who_am_i)[0], *play.ours(log_in))
    calls = (1000 * _middle(one) for one in seconds)
    return Round(start.init_cpu, start.init_clock, *calls), start.client_cpu


def _fastapi_users(python: Path, it: Compared, like: Recording) -> Round:
    given = {"event": like.event, "calls": CALLS, "log_ins": LOG_INS}
    environment = {**os.environ, "PYTHONPATH": str(it.compiled)}
    command = [str(python), "-S", "-B", "-c", FASTAPI_USERS]
    return _round(told(command, it.code, environment, given))


def _better_auth() -> Round:
    node = ROOT / ".venv-node" / "bin" / "node"
    app = BETTER_AUTH / "build" / "app.mjs"
    command = [str(node), str(BETTER_AUTH / "measure.mjs"), str(app), str(CALLS), str(LOG_INS)]
    return _round(told(command, BETTER_AUTH, os.environ))


def _round(took: Mapping[str, Any]) -> Round:
    calls = (_middle(took[name]) for name in ("whoAmI", "logIn", "hash"))
    return Round(took["cpu"], took["clock"], *calls)


def _times(taken: Mapping[str, Sequence[Round]]) -> Iterator[Row]:
    for figure, name in FIGURES.items():
        for who, rounds in taken.items():
            values = [getattr(it, name) for it in rounds]
            yield _row(f"{figure}, {who}", "ms", values, figure, who)


def _ratios(taken: Mapping[str, Sequence[Round]]) -> Iterator[Row]:
    for figure, name in FIGURES.items():
        # of two small differences a ratio says nothing
        for who in (FASTAPI, NODE) if name != "rest" else ():
            pairs = zip(taken[OURS], taken[who], strict=True)
            values = [getattr(ours, name) / getattr(theirs, name) for ours, theirs in pairs]
            yield _row(f"{figure}, ours ÷ {who}", "×", values, "ratios", who)


def _row(what: str, unit: str, values: Sequence[float], group: str, of: str) -> Row:
    low, middle, high = results.quartiles(values)
    return Row(what, unit, middle, low, high, len(values), group, of)


def _middle(values: Iterable[float]) -> float:
    return statistics.median(list(values)[WARM_UP:])


if __name__ == "__main__":
    main()
