"""What waiting for AWS costs a person: ``python -m benchmarks.round_trips [--before PATH]``.

The stack runs in one process, as under ``make run``, and each call to AWS takes some milliseconds
more, as it does in a region. Printed are the calls that a request makes, how many of these come
one after another, and how long it takes; a log-in also without its bcrypt. With another checkout
both take turns, so that what else happens on the machine happens to both.
"""

import argparse
import json
import os
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from benchmarks.results import Row, quartiles, write
from infra.local import ROOT

MILLISECONDS = 5
ROUNDS, QUICK_ROUNDS = 5, 1
# each of them logs in twice, and a 21st session would end the oldest
CALLS = 9
LOG_INS = ("log-in, known device", "log-in, other device")
KINDS = (*LOG_INS, "refresh", "who-am-I")
CACHED = "cached"

# of any checkout, so it uses only what all of them have in common
MEASURE = """
import json, logging, sys, threading, time
import infra.local
import bcrypt
from urllib3.connection import HTTPConnection
from werkzeug.serving import WSGIRequestHandler
from accounts.access import new_accounts
from accounts.credentials import passwords
from infra.local.api_gateway.http_events import HttpRequest, event_from, new_request_id
from infra.local.stack import deployed

given = json.load(sys.stdin)
out, sys.stdout = sys.stdout, open("/dev/null", "w")
logging.disable()
made, hashed_for, lock = [], [], threading.Lock()
request, answer = HTTPConnection.request, HTTPConnection.getresponse

def asked(connection, *those, **named):
    connection.began = time.perf_counter()
    request(connection, *those, **named)

def answered(connection):
    try:
        return answer(connection)
    finally:
        with lock:
            made.append((time.perf_counter(), connection.began))

HTTPConnection.request, HTTPConnection.getresponse = asked, answered
run = WSGIRequestHandler.run_wsgi

def slowly(handler):
    time.sleep(given["seconds"])
    run(handler)

WSGIRequestHandler.run_wsgi = slowly
check = bcrypt.checkpw

def checked(*those):
    began = time.perf_counter()
    try:
        return check(*those)
    finally:
        hashed_for.append(time.perf_counter() - began)

bcrypt.checkpw = checked

def in_a_row():
    number, free = 0, 0.0
    for ended, began in sorted(made):
        if began >= free:
            number, free = number + 1, ended
    return number

def ask(name, body=b"", *headers):
    function = next(one for one in stack.functions if one.logical_id == name)
    (route,) = function.routes
    sent = (("Content-Type", "application/json"), ("User-Agent", "benchmark"), *headers)
    request = HttpRequest(route.method, route.path, "HTTP/1.1", sent, body, "192.0.2.7", 443)
    event = event_from(request, route, {}, new_request_id())
    made.clear(), hashed_for.clear()
    began = time.perf_counter()
    answer = stack.invoke(name, event)
    taken = time.perf_counter() - began
    assert answer["statusCode"] == 200, answer
    figures = (1000 * taken, len(made), in_a_row(), 1000 * (taken - sum(hashed_for)))
    return figures, json.loads(answer["body"])

def log_in(**device):
    person = {"email": "known@example.com", "passw": "correct horse battery", **device}
    return ask("LogIn", json.dumps(person).encode())

with deployed({"BcryptCost": "12", **given["parameters"]}) as stack:
    hashed = passwords.hashed("correct horse battery")
    user = new_accounts.new_user("known@example.com", "Known", "read_only", hashed)
    new_accounts.create(user)
    taken = {kind: [] for kind in given["kinds"]}
    for number in range(given["calls"] + 1):
        other, pair = log_in()
        device = pair["device_token"]
        known, pair = log_in(device_token=device)
        asked = json.dumps({"refresh_token": pair["refresh_token"]}).encode()
        refresh, pair = ask("RefreshTokens", asked)
        bearer = ("Authorization", "Bearer " + pair["access_token"])
        who, _ = ask("AnyUsers", b"", bearer)
        # the first also imports, and opens connections
        if number:
            for kind, figures in zip(given["kinds"], (known, other, refresh, who)):
                taken[kind].append(figures)
json.dump(taken, out)
"""


# by kind, of each request: the milliseconds, the calls, those one after another, and the
# milliseconds beside bcrypt
_Taken = Mapping[str, Sequence[Sequence[float]]]


@dataclass(frozen=True)
class Side:
    """A checkout, with a way in which it signs."""

    name: str
    checkout: Path
    parameters: Mapping[str, str]


def main(arguments: Sequence[str] | None = None) -> None:
    """Measure in turns, and print."""
    options = _options(arguments)
    sides = _sides(options.before)
    taken: dict[str, list[_Taken]] = {side.name: [] for side in sides}
    for _ in range(QUICK_ROUNDS if options.quick else options.rounds):
        for side in sides:
            taken[side.name].append(_measured(side, options.milliseconds))
    rows = [row for name, rounds in taken.items() for row in _rows(name, rounds)]
    for row in rows:
        spread = f"{row.low:10.1f} - {row.high:.1f}" if row.low is not None else ""
        sys.stdout.write(f"{row.what:62}{row.value:8.1f} {row.unit:9}{spread}\n")
    if options.json:
        write(options.json, "round_trips", rows)


def _options(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.round_trips")
    parser.add_argument("--before", type=Path, help="another checkout, to compare with")
    parser.add_argument("--rounds", type=int, default=ROUNDS, help="default: %(default)s")
    parser.add_argument("--quick", action="store_true", help="one round")
    parser.add_argument(
        "--milliseconds",
        type=float,
        default=MILLISECONDS,
        help="that each call to AWS takes more (default: %(default)s)",
    )
    parser.add_argument("--json", type=Path, help="where to write the figures, too")
    return parser.parse_args(arguments)


def _sides(before: Path | None) -> Sequence[Side]:
    sides = [Side("before", before.resolve(), {})] if before else []
    sides.append(Side("KMS signs", ROOT, {}))
    if "SigningMode:" in (ROOT / "template.yaml").read_text():
        sides.append(Side("signed in the process", ROOT, {"SigningMode": CACHED}))
    return sides


def _measured(side: Side, milliseconds: float) -> _Taken:
    given = {
        "seconds": milliseconds / 1000,
        "calls": CALLS,
        "kinds": KINDS,
        "parameters": side.parameters,
    }
    own = side.checkout / ".venv" / "bin" / "python"
    done = subprocess.run(  # noqa: S603 - our own arguments
        [str(own if own.exists() else sys.executable), "-c", MEASURE],
        input=json.dumps(given),
        cwd=side.checkout,
        env={**os.environ, "PYTHONPATH": str(side.checkout)},
        text=True,
        capture_output=True,
        check=False,
    )
    if done.returncode:
        raise RuntimeError(done.stderr)
    taken: _Taken = json.loads(done.stdout)
    return taken


def _rows(name: str, rounds: Sequence[_Taken]) -> Sequence[Row]:
    rows = []
    for kind in KINDS:
        figures = [one for taken in rounds for one in taken[kind]]
        whole, calls, in_a_row, beside = ([*column] for column in zip(*figures, strict=True))
        rows.append(_timed(kind, name, whole))
        if kind in LOG_INS:
            rows.append(_timed(f"{kind}, beside its bcrypt", name, beside))
        for what, numbers in (("calls", calls), ("one after another", in_a_row)):
            group = f"{kind}: {what}"
            most = max(numbers)
            rows.append(Row(f"{group}, {name}", "requests", most, group=group, of=name))
    return rows


def _timed(group: str, name: str, milliseconds: Sequence[float]) -> Row:
    low, middle, high = quartiles(milliseconds)
    return Row(f"{group}, {name}", "ms", middle, low, high, len(milliseconds), group, name)


if __name__ == "__main__":
    main()
