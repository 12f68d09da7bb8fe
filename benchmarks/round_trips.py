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
CALLS = 10
KINDS = ("log-in, known device", "log-in, other device", "refresh", "who-am-I")
CACHED = "cached"

# of any checkout, so it uses only what all of them have in common
MEASURE = """
import json, logging, sys, threading, time
import infra.local
import bcrypt
from botocore.httpsession import URLLib3Session
from accounts.access import new_accounts
from accounts.credentials import passwords
from infra.local.api_gateway.http_events import HttpRequest, event_from, new_request_id
from infra.local.stack import deployed

given = json.load(sys.stdin)
out, sys.stdout = sys.stdout, open("/dev/null", "w")
logging.disable()
made, lock = [], threading.Lock()
send = URLLib3Session.send

def slowly(session, request):
    began = time.perf_counter()
    time.sleep(given["seconds"])
    try:
        return send(session, request)
    finally:
        with lock:
            made.append((time.perf_counter(), began))

URLLib3Session.send = slowly

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
    made.clear()
    began = time.perf_counter()
    answer = stack.invoke(name, event)
    taken = time.perf_counter() - began
    assert answer["statusCode"] == 200, answer
    return (1000 * taken, len(made), in_a_row()), json.loads(answer["body"])

def log_in(**device):
    person = {"email": "known@example.com", "passw": "correct horse battery", **device}
    return ask("LogIn", json.dumps(person).encode())

with deployed({"BcryptCost": "12", **given["parameters"]}) as stack:
    hashed = passwords.hashed("correct horse battery")
    user = new_accounts.new_user("known@example.com", "Known", "read_only", hashed)
    new_accounts.create(user)
    taken = {"bcrypt": [], **{kind: [] for kind in given["kinds"]}}
    for number in range(given["calls"] + 1):
        other, pair = log_in()
        device = pair["device_token"]
        known, pair = log_in(device_token=device)
        asked = json.dumps({"refresh_token": pair["refresh_token"]}).encode()
        refresh, pair = ask("RefreshTokens", asked)
        bearer = ("Authorization", "Bearer " + pair["access_token"])
        who, _ = ask("AnyUsers", b"", bearer)
        began = time.perf_counter()
        bcrypt.checkpw(b"x" * 64, ("$" + hashed.removeprefix("$").split("$", 2)[2]).encode())
        alone = 1000 * (time.perf_counter() - began)
        # the first also imports, and opens connections
        if number:
            taken["bcrypt"].append(alone)
            for kind, figures in zip(given["kinds"], (known, other, refresh, who)):
                taken[kind].append(figures)
json.dump(taken, out)
"""


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
    taken: dict[str, list[Mapping[str, list[list[float]]]]] = {side.name: [] for side in sides}
    for _ in range(QUICK_ROUNDS if options.quick else options.rounds):
        for side in sides:
            taken[side.name].append(_measured(side, options.milliseconds))
    rows = [row for name, rounds in taken.items() for row in _rows(name, rounds)]
    for row in rows:
        spread = f"{row.low:10.1f} - {row.high:.1f}" if row.low is not None else ""
        sys.stdout.write(f"{row.what:48}{row.value:8.1f} {row.unit:9}{spread}\n")
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


def _measured(side: Side, milliseconds: float) -> Mapping[str, list[list[float]]]:
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
    taken: Mapping[str, list[list[float]]] = json.loads(done.stdout)
    return taken


def _rows(name: str, rounds: Sequence[Mapping[str, list[list[float]]]]) -> Sequence[Row]:
    rows = []
    for kind in KINDS:
        figures = [one for taken in rounds for one in taken[kind]]
        low, middle, high = quartiles([milliseconds for milliseconds, _, _ in figures])
        number = len(figures)
        rows.append(Row(f"{kind}, {name}", "ms", middle, low, high, number, kind, name))
        for what, place in (("calls", 1), ("one after another", 2)):
            _, most, _ = quartiles([one[place] for one in figures])
            group = f"{kind}: {what}"
            rows.append(Row(f"{kind}, {name}: {what}", "requests", most, group=group, of=name))
    return [*rows, *_beside_bcrypt(name, rounds)]


def _beside_bcrypt(name: str, rounds: Sequence[Mapping[str, list[list[float]]]]) -> Sequence[Row]:
    rows = []
    for kind in KINDS[:2]:
        beside = [
            figures[0] - alone
            for taken in rounds
            for figures, alone in zip(taken[kind], taken["bcrypt"], strict=True)
        ]
        low, middle, high = quartiles(beside)
        group, what = f"{kind}, beside its bcrypt", f"{kind}, {name}: beside its bcrypt"
        rows.append(Row(what, "ms", middle, low, high, len(beside), group, name))
    return rows


if __name__ == "__main__":
    main()
