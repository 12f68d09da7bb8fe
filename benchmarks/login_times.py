"""Whether the time of a refusal tells of the account: ``python -m benchmarks.login_times``.

Log-ins and refreshes of each kind take turns, in another order each round, over HTTP against the
stack of ``make run``, with bcrypt as costly as in production. What others do on the machine
disturbs the seconds on the clock; those of the processor, of the whole stack, less so.
"""

import argparse
import json
import logging
import random
import statistics
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from http.client import HTTPConnection
from typing import Literal
from urllib.parse import urlsplit

from accounts.access import new_accounts, sessions
from accounts.access.sessions import Client
from accounts.credentials import opaque, passwords, throttle
from accounts.storage.tables import LoginAttempt, User
from infra.local.aws.dynamodb_local import dynamodb_local
from infra.local.server import listen, serving
from infra.local.stack import deployed

LOG_IN, REFRESH = "/api/v1/public/users/login", "/api/v1/public/users/refresh"
COST = "12"
ROUNDS = 40
# the first requests also import modules and open connections
WARM_UP_ROUNDS = 2
PASSWORD, WRONG = "correct horse battery", "not the password"
NO_SESSION = f"rt.1.{'A' * 22}.{'B' * 43}.{'C' * 43}"


@dataclass(frozen=True)
class Kind:
    """A request, the status it ends in, and how its account's pool stands before it."""

    body: Mapping[str, str]
    status: int
    pool: Literal["clean", "blocked", "spent"] = "clean"

    @property
    def path(self) -> str:
        """Return where the request goes."""
        return REFRESH if "refresh_token" in self.body else LOG_IN


def _log_in(name: str, password: str) -> Mapping[str, str]:
    return {"email": f"{name}@example.com", "passw": password}


KINDS: dict[str, Kind] = {
    "wrong password": Kind(_log_in("known", WRONG), 401),
    "unknown account": Kind(_log_in("unknown", WRONG), 401),
    "disabled account": Kind(_log_in("disabled", PASSWORD), 401),
    "invited, no password yet": Kind(_log_in("invited", WRONG), 401),
    "blocked account": Kind(_log_in("blocked", PASSWORD), 429, "blocked"),
    "blocked unknown account": Kind(_log_in("blocked-unknown", WRONG), 429, "blocked"),
    "password that is off": Kind(_log_in("off", PASSWORD), 429, "spent"),
    "as often at an unknown account": Kind(_log_in("off-unknown", WRONG), 429, "spent"),
    "refresh of no session": Kind({"refresh_token": NO_SESSION}, 401),
    "right password": Kind(_log_in("known", PASSWORD), 200),
}
SESSION_OF_ANOTHER = "refresh of another's session"
# what an outsider must not be able to tell apart
ALIKE = (
    ("wrong password", "unknown account", "disabled account", "invited, no password yet"),
    ("blocked account", "blocked unknown account"),
    ("password that is off", "as often at an unknown account"),
    ("refresh of no session", SESSION_OF_ANOTHER),
)


@dataclass(frozen=True)
class Seconds:
    """What one request took."""

    clock: float
    processor: float


def main(arguments: Sequence[str] | None = None) -> None:
    """Measure and print."""
    options = _options(arguments)
    engine = dynamodb_local() if options.dynamodb_local else nullcontext()
    with engine as dynamodb_url, _service(dynamodb_url) as ask:
        KINDS[SESSION_OF_ANOTHER] = Kind({"refresh_token": _populate()}, 401)
        for _ in range(WARM_UP_ROUNDS):
            _round(ask)
        taken = [_round(ask) for _ in range(options.rounds)]
    for name, part in (("clock", _clock), ("processor", _processor)):
        _report(name, {kind: [part(round_[kind]) for round_ in taken] for kind in KINDS})


def _options(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.login_times", description=__doc__)
    parser.add_argument("--rounds", type=int, default=ROUNDS, help="requests of each kind")
    parser.add_argument(
        "--dynamodb-local", action="store_true", help="measure on DynamoDB Local (needs Java 17)"
    )
    return parser.parse_args(arguments)


@contextmanager
def _service(dynamodb_url: str | None) -> Iterator[Callable[[Kind], int]]:
    """Run the stack; gives what sends a request and returns the status."""
    # a line a request would be among the figures
    logging.disable()
    with (
        deployed({"BcryptCost": COST}, dynamodb_url) as stack,
        serving(stack.api, listen(0)) as url,
    ):

        def ask(kind: Kind) -> int:
            connection = HTTPConnection(urlsplit(url).netloc, timeout=30)
            headers = {"Content-Type": "application/json"}
            connection.request("POST", kind.path, json.dumps(kind.body), headers)
            answer = connection.getresponse()
            answer.read()
            connection.close()
            return answer.status

        yield ask


def _populate() -> str:
    """Let everybody sign up; return a refresh token whose session is there, of another family."""
    accounts = {"known": "active", "disabled": "disabled", "blocked": "active", "off": "active"}
    for name, status in accounts.items():
        _sign_up(name, passwords.hashed(PASSWORD)).update([User.status.set(status)])
    _sign_up("invited", None)
    other = _sign_up("other", None)
    session, token = sessions.new_session(other, Client("192.0.2.1", ""))
    sessions.begin(other, session)
    return str(token._replace(family=opaque.new_secret()))


def _sign_up(name: str, password_hash: str | None) -> User:
    user = new_accounts.new_user(f"{name}@example.com", name, "read_only", password_hash)
    new_accounts.create(user)
    return user


def _round(ask: Callable[[Kind], int]) -> Mapping[str, Seconds]:
    taken = {}
    for name in random.sample(tuple(KINDS), len(KINDS)):
        kind = KINDS[name]
        _count_anew()
        clock, processor = time.perf_counter(), time.process_time()
        status = ask(kind)
        taken[name] = Seconds(time.perf_counter() - clock, time.process_time() - processor)
        if status != kind.status:
            raise SystemExit(f"{name}: {status} instead of {kind.status}")
    return taken


def _count_anew() -> None:
    """Let nobody have failed yet, but those who are blocked or have no attempts left."""
    for pool in LoginAttempt.scan():
        pool.delete()
    # of those who log in here all the time
    for user in User.scan():
        user.update([User.log_ins_paced_until.remove()])
    now = datetime.now(UTC)
    for kind in KINDS.values():
        if kind.pool != "clean":
            pool = throttle.account(kind.body["email"])
            pool.failures = pool.in_a_row = throttle.MOST_IN_A_ROW
            pool.failed_at = now
            pool.blocked_until = now + timedelta(minutes=15 if kind.pool == "blocked" else -1)
            pool.save()


def _clock(seconds: Seconds) -> float:
    return seconds.clock


def _processor(seconds: Seconds) -> float:
    return seconds.processor


def _report(name: str, taken: Mapping[str, Sequence[float]]) -> None:
    """Print medians, and how far from the first of their sort they are."""
    medians = {kind: statistics.median(seconds) for kind, seconds in taken.items()}
    first = {kind: kinds[0] for kinds in ALIKE for kind in kinds}
    sys.stdout.write(f"{name:32}{'median':>11}{'quartiles':>22}{'ratio':>9}\n")
    for kind, seconds in taken.items():
        low, _, high = (f"{1000 * value:.1f}" for value in statistics.quantiles(seconds, n=4))
        ratio = f"{medians[kind] / medians[first[kind]]:.3f}" if kind in first else ""
        sys.stdout.write(
            f"{kind:32}{1000 * medians[kind]:8.1f} ms{f'{low} - {high} ms':>22}{ratio:>9}\n"
        )
    sys.stdout.write("\n")


if __name__ == "__main__":
    main()
