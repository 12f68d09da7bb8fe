"""Whether the time of a failed log-in tells of the account: ``python -m benchmarks.login_times``.

Log-ins of each kind take turns, in another order each round, over HTTP against the stack of
``make run``, with bcrypt as costly as in production. What others do on the machine disturbs the
seconds on the clock; those of the processor, of the whole stack, less so.
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
from urllib.parse import urlsplit

from accounts.administration import registration
from accounts.credentials import passwords, throttle
from accounts.storage.tables import LoginAttempt, User
from infra.local.aws.dynamodb_local import dynamodb_local
from infra.local.server import listen, serving
from infra.local.stack import deployed

LOG_IN = "/api/v1/public/users/login"
COST = "12"
ROUNDS = 40
# the first requests also import modules and open connections
WARM_UP_ROUNDS = 2
PASSWORD, WRONG = "correct horse battery", "not the password"
# kind of log-in: its e-mail, its password, and the status it ends in
KINDS: Mapping[str, tuple[str, str, int]] = {
    "wrong password": ("known@example.com", WRONG, 401),
    "unknown account": ("unknown@example.com", WRONG, 401),
    "disabled account": ("disabled@example.com", PASSWORD, 401),
    "invited, no password yet": ("invited@example.com", WRONG, 401),
    "locked account": ("locked@example.com", PASSWORD, 429),
    "locked unknown account": ("locked-unknown@example.com", WRONG, 429),
    "right password": ("known@example.com", PASSWORD, 200),
}
# what an outsider must not be able to tell apart
ALIKE = (tuple(KINDS)[:4], tuple(KINDS)[4:6])


@dataclass(frozen=True)
class Seconds:
    """What one log-in took."""

    clock: float
    processor: float


def main(arguments: Sequence[str] | None = None) -> None:
    """Measure and print."""
    options = _options(arguments)
    engine = dynamodb_local() if options.dynamodb_local else nullcontext()
    with engine as dynamodb_url, _service(dynamodb_url) as log_in:
        _populate()
        for _ in range(WARM_UP_ROUNDS):
            _round(log_in)
        taken = [_round(log_in) for _ in range(options.rounds)]
    for name, part in (("clock", _clock), ("processor", _processor)):
        _report(name, {kind: [part(round_[kind]) for round_ in taken] for kind in KINDS})


def _options(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.login_times", description=__doc__)
    parser.add_argument("--rounds", type=int, default=ROUNDS, help="log-ins of each kind")
    parser.add_argument(
        "--dynamodb-local", action="store_true", help="measure on DynamoDB Local (needs Java 17)"
    )
    return parser.parse_args(arguments)


@contextmanager
def _service(dynamodb_url: str | None) -> Iterator[Callable[[str, str], int]]:
    """Run the stack; gives what logs in and returns the status."""
    # a line a request would be among the figures
    logging.disable()
    with (
        deployed({"BcryptCost": COST}, dynamodb_url) as stack,
        serving(stack.api, listen(0)) as url,
    ):

        def log_in(email: str, password: str) -> int:
            connection = HTTPConnection(urlsplit(url).netloc, timeout=30)
            body = json.dumps({"email": email, "passw": password})
            connection.request("POST", LOG_IN, body, {"Content-Type": "application/json"})
            answer = connection.getresponse()
            answer.read()
            connection.close()
            return answer.status

        yield log_in


def _populate() -> None:
    for name, status in (("known", "active"), ("disabled", "disabled"), ("locked", "active")):
        user = registration.new_user(
            f"{name}@example.com", name, "read_only", passwords.hashed(PASSWORD)
        )
        registration.create(user)
        user.update([User.status.set(status)])
    registration.create(registration.new_user("invited@example.com", "invited", "read_only", None))


def _round(log_in: Callable[[str, str], int]) -> Mapping[str, Seconds]:
    taken = {}
    for kind in random.sample(tuple(KINDS), len(KINDS)):
        email, password, expected = KINDS[kind]
        _count_anew()
        clock, processor = time.perf_counter(), time.process_time()
        status = log_in(email, password)
        taken[kind] = Seconds(time.perf_counter() - clock, time.process_time() - processor)
        if status != expected:
            raise SystemExit(f"{kind}: {status} instead of {expected}")
    return taken


def _count_anew() -> None:
    """Let nobody have failed yet, but those who are locked."""
    for attempt in LoginAttempt.scan():
        attempt.delete()
    for email, _, status in KINDS.values():
        if status == 429:  # noqa: PLR2004 - Too Many Requests
            _lock(email)


def _lock(email: str) -> None:
    now = datetime.now(UTC)
    throttle.account(email).update(
        [
            LoginAttempt.failures.set(throttle.MOST_IN_A_ROW),
            LoginAttempt.failed_at.set(now),
            LoginAttempt.blocked_until.set(now + timedelta(minutes=15)),
        ]
    )


def _clock(seconds: Seconds) -> float:
    return seconds.clock


def _processor(seconds: Seconds) -> float:
    return seconds.processor


def _report(name: str, taken: Mapping[str, Sequence[float]]) -> None:
    """Print medians, and how far from the first of their sort they are."""
    medians = {kind: statistics.median(seconds) for kind, seconds in taken.items()}
    first = {kind: kinds[0] for kinds in ALIKE for kind in kinds}
    sys.stdout.write(f"{name:28}{'median':>11}{'quartiles':>22}{'ratio':>9}\n")
    for kind, seconds in taken.items():
        low, _, high = (f"{1000 * value:.1f}" for value in statistics.quantiles(seconds, n=4))
        ratio = f"{medians[kind] / medians[first[kind]]:.3f}" if kind in first else ""
        sys.stdout.write(
            f"{kind:28}{1000 * medians[kind]:8.1f} ms{f'{low} - {high} ms':>22}{ratio:>9}\n"
        )
    sys.stdout.write("\n")


if __name__ == "__main__":
    main()
