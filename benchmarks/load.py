"""The local API under load: ``python -m benchmarks.load``.

The API of ``make run`` in a process of its own, on DynamoDB Local, and more and more connections
that send one request after another, each what people do in a day: 15 refreshes and 150 who-am-I
for each log-in, by chance. Each connection has devices of its own, so many that none meets the
pace that log-ins and refreshes are held to. No answer may be an error. Client, API, DynamoDB and
KMS share the processors of one machine: what is measured is that it holds, not how fast AWS is.
"""

import argparse
import http.client
import json
import random
import statistics
import sys
import threading
import time
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from http import HTTPStatus
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from benchmarks import results
from benchmarks.results import Row
from infra.local.aws.dynamodb_local import dynamodb_local
from infra.local.server import HOST
from tests.support.endpoint import Endpoint
from tests.support.register import ANY_USERS, LOG_IN, REFRESH
from tests.support.running import Service, running, signed_up

MINUTES, QUICK_MINUTES = 10.0, 0.5
CONNECTIONS = (1, 2, 4, 8, 16, 32, 64)
# a day's mix, as often as each is one of so many
MIX: Mapping[Endpoint, int] = {LOG_IN: 1, REFRESH: 15, ANY_USERS: 150}
NAMES: Mapping[Endpoint, str] = {LOG_IN: "log-in", REFRESH: "refresh", ANY_USERS: "who-am-I"}
# a session may be refreshed thirty times at once, and then each ten seconds
DEVICES = 512
MAKERS = 4
TIMEOUT_SECONDS = 60


@dataclass
class Device:
    """Where a person is signed in, and what was given to them there."""

    email: str
    passw: str
    tokens: dict[str, str] = field(default_factory=dict)

    def body(self, endpoint: Endpoint) -> Mapping[str, str] | None:
        """Return what the endpoint takes from this device."""
        if endpoint is LOG_IN:
            known = {name: self.tokens[name] for name in ("device_token",) if name in self.tokens}
            return {"email": self.email, "passw": self.passw, **known}
        return {"refresh_token": self.tokens["refresh_token"]} if endpoint is REFRESH else None

    def keep(self, answer: Mapping[str, Any]) -> None:
        """Keep the tokens of an answer in place of those before."""
        given = {
            name: answer.get(name) for name in ("access_token", "refresh_token", "device_token")
        }
        self.tokens.update({name: token for name, token in given.items() if token})


@dataclass(frozen=True)
class Step:
    """What so many connections met with: seconds by kind, and errors by kind and what it was."""

    connections: int
    seconds: float
    taken: Mapping[str, Sequence[float]]
    errors: Mapping[tuple[str, str], int]

    @property
    def rate(self) -> float:
        """Return the answers a second, of all kinds."""
        return sum(map(len, self.taken.values())) / self.seconds


class Connection:
    """A connection that is kept, with the devices that use it, one at a time."""

    def __init__(self, port: int, devices: Sequence[Device]) -> None:
        self._connection = http.client.HTTPConnection(HOST, port, timeout=TIMEOUT_SECONDS)
        self._devices = devices
        self._chance = random.Random(devices[0].email)  # noqa: S311 - nothing is kept secret by it
        self.taken: dict[str, list[float]] = defaultdict(list)
        self.errors: Counter[tuple[str, str]] = Counter()

    def use_until(self, end: float) -> None:
        """Send one request after another until the clock is there."""
        endpoints, weights = list(MIX), list(MIX.values())
        while time.perf_counter() < end:
            (endpoint,) = self._chance.choices(endpoints, weights)
            self.send(self._chance.choice(self._devices), endpoint)
        self._connection.close()

    def send(self, device: Device, endpoint: Endpoint) -> None:
        """Send a request, and note how long it took, or how it failed."""
        began = time.perf_counter()
        try:
            status, answer = self._ask(device, endpoint)
        except (OSError, http.client.HTTPException, ValueError) as error:
            self.errors[NAMES[endpoint], type(error).__name__] += 1
            # http.client opens it again with the next request
            self._connection.close()
            return
        if status == HTTPStatus.OK:
            self.taken[NAMES[endpoint]].append(time.perf_counter() - began)
            device.keep(answer)
        else:
            self.errors[NAMES[endpoint], str(status)] += 1

    def _ask(self, device: Device, endpoint: Endpoint) -> tuple[int, Mapping[str, Any]]:
        headers = {"Content-Type": "application/json"}
        if endpoint is ANY_USERS:
            headers["Authorization"] = f"Bearer {device.tokens['access_token']}"
        body = device.body(endpoint)
        text = None if body is None else json.dumps(body)
        self._connection.request(endpoint.method, endpoint.path, text, headers)
        reply = self._connection.getresponse()
        answer: Mapping[str, Any] = json.loads(reply.read())
        return reply.status, answer


def main(arguments: Sequence[str] | None = None) -> int:
    """Load, measure and print; return 1 if there was an error."""
    options = _parser().parse_args(arguments)
    minutes = QUICK_MINUTES if options.quick else options.minutes
    with (
        TemporaryDirectory() as folder,
        dynamodb_local() as url,
        running(Path(folder), "--dynamodb-url", url, Events="false") as service,
    ):
        devices = _signed_in(service)
        _print_head()
        steps = []
        for connections in CONNECTIONS:
            steps.append(_step(service, devices, connections, 60 * minutes / len(CONNECTIONS)))
            _print(steps[-1])
    if options.json:
        results.write(options.json, "load", rows(steps))
    return 1 if any(step.errors for step in steps) else 0


def rows(steps: Sequence[Step]) -> Iterator[Row]:
    """Yield the figures, as they are kept."""
    for step in steps:
        group = f"{step.connections} connection{'s' * (step.connections > 1)}"
        errors = sum(step.errors.values())
        yield Row(f"{group}, all", "/s", round(step.rate, 1), group=group, of="all")
        yield Row(f"{group}, errors", "requests", errors, group=group, of="errors")
        for kind, taken in step.taken.items():
            for name, value in zip(("p50", "p95", "p99"), percentiles(taken), strict=True):
                of = f"{kind} {name}"
                yield Row(f"{group}, {of}", "ms", value, group=group, of=of)


def percentiles(seconds: Sequence[float]) -> tuple[float, float, float]:
    """Return within how many milliseconds 50, 95 and 99 % were."""
    if len(seconds) == 1:
        seconds = [*seconds, *seconds]
    cuts = statistics.quantiles(seconds, n=100, method="inclusive")
    middle, most, nearly_all = (round(1000 * cuts[percent - 1], 1) for percent in (50, 95, 99))
    return middle, most, nearly_all


def shared(devices: Sequence[Device], connections: int) -> Sequence[Sequence[Device]]:
    """Return the devices of each connection: none is used by two."""
    return [devices[number::connections] for number in range(connections)]


def _signed_in(service: Service) -> Sequence[Device]:
    """Have as many people signed up and in, which warms the functions as well."""

    def sign_in(_: int) -> Device:
        person = signed_up(service)
        device = Device(person["email"], person["passw"])
        connection = Connection(service.port, [device])
        connection.send(device, LOG_IN)
        if connection.errors:
            raise RuntimeError(connection.errors)
        return device

    with ThreadPoolExecutor(MAKERS) as threads:
        return list(threads.map(sign_in, range(DEVICES)))


def _step(service: Service, devices: Sequence[Device], connections: int, seconds: float) -> Step:
    used = [Connection(service.port, own) for own in shared(devices, connections)]
    began = time.perf_counter()
    threads = [
        threading.Thread(target=connection.use_until, args=[began + seconds]) for connection in used
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    taken = {
        name: [one for connection in used for one in connection.taken[name]]
        for name in NAMES.values()
        if any(connection.taken[name] for connection in used)
    }
    errors = sum((connection.errors for connection in used), Counter[tuple[str, str]]())
    return Step(connections, time.perf_counter() - began, taken, errors)


def _print_head() -> None:
    kinds = "".join(f"{f'{name} p50':>16}{'p95':>9}{'p99':>9}" for name in NAMES.values())
    sys.stdout.write(f"{'connections':>11}{'requests/s':>12}{kinds}{'errors':>9}\n")


def _print(step: Step) -> None:
    sys.stdout.write(f"{step.connections:>11}{step.rate:>12.1f}")
    for name in NAMES.values():
        cells = percentiles(step.taken[name]) if name in step.taken else ("–", "–", "–")
        sys.stdout.write(f"{cells[0]:>16}{cells[1]:>9}{cells[2]:>9}")
    sys.stdout.write(f"{sum(step.errors.values()):>9}\n")
    for (name, what), times in step.errors.items():
        sys.stdout.write(f"{'':11}{times} × {what} of a {name}\n")
    sys.stdout.flush()


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.load")
    parser.add_argument(
        "--minutes", type=float, default=MINUTES, help="all together (default: %(default)s)"
    )
    parser.add_argument("--json", type=Path, metavar="FILE", help="write the figures there as well")
    parser.add_argument("--quick", action="store_true", help="for half a minute")
    return parser


if __name__ == "__main__":
    sys.exit(main())
