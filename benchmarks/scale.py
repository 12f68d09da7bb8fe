"""What calls take with more and more accounts: ``python -m benchmarks.scale``.

On DynamoDB Local: the units that it counts, the requests to it, and how long each call takes on
this machine, which says little of AWS but tells what grows. Each endpoint is called by people
who were not there before. Passwords are hashed with next to no work. An asterisk marks what takes
more units or requests than with the fewest accounts; only lists may.
"""

import argparse
import os
import statistics
import sys
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING
from unittest.mock import patch

from accounts import settings
from benchmarks import filling, results
from benchmarks.results import Row
from infra.local.aws.dynamodb_local import dynamodb_local
from infra.local.run import TIME_FACTOR
from infra.local.stack import Stack, deployed
from tests.support import crowd, people, queues, register, units
from tests.support.api import Api
from tests.support.deployment import FEATURES
from tests.support.endpoint import Endpoint
from tests.support.scene import Scene

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

SIZES, QUICK_SIZES = (1_000, 100_000), (100, 1_000)
CALLS = 5
# pages of all accounts in each way that there is, and of what happened to all of them
LISTS = (
    *(
        replace(register.LIST_USERS, path=f"{register.LIST_USERS.path}?{query}")
        for query in ("role=read_only", "search=aars", "sort=created_at", "sort=last_log_in")
    ),
    register.LIST_USERS,
    register.LIST_AUDIT,
)
ENDPOINTS = tuple(dict.fromkeys((*register.ALL, *LISTS)))
_LISTS = frozenset(endpoint.key for endpoint in LISTS)


@dataclass(frozen=True)
class Taken:
    """What a call took: the median of some."""

    requests: float
    read_units: float
    write_units: float
    milliseconds: float

    def is_more_than(self, other: "Taken") -> bool:
        """Say whether it takes more of DynamoDB than another call, however long it takes."""
        mine = (self.requests, self.read_units, self.write_units)
        others = (other.requests, other.read_units, other.write_units)
        return any(one > another for one, another in zip(mine, others, strict=True))


# by endpoint, and by number of accounts, the fewest first
Table = Mapping[str, Mapping[int, Taken]]


class Timed:
    """An application that tells how long its last answer took."""

    def __init__(self, application: "WSGIApplication") -> None:
        self._application = application
        self.seconds = 0.0

    def __call__(
        self, environ: "WSGIEnvironment", start_response: "StartResponse"
    ) -> Iterable[bytes]:
        """Answer."""
        began = time.perf_counter()
        try:
            return self._application(environ, start_response)
        finally:
            self.seconds = time.perf_counter() - began


def main(arguments: Sequence[str] | None = None) -> int:
    """Fill, measure and print; return 1 if what is no list takes more with more accounts."""
    options = _parser().parse_args(arguments)
    sizes = QUICK_SIZES if options.quick else options.sizes
    with (
        dynamodb_local() as url,
        deployed(FEATURES, url, time_factor=TIME_FACTOR) as stack,
        patch("accounts.logs.write", lambda _: None),
        # less than the template allows
        patch.dict(os.environ, BCRYPT_COST="4"),
    ):
        settings.current.cache_clear()
        table = _measured(stack, url, sorted(sizes), options.calls)
    grown = growing(table)
    _print(table, grown)
    if options.json:
        results.write(options.json, "scale", rows(table))
    return 1 if set(grown) - _LISTS else 0


def growing(table: Table) -> Sequence[str]:
    """Return the endpoints that take more of DynamoDB with more accounts than with the fewest."""
    return [key for key, by_size in table.items() if _grows(list(by_size.values()))]


def rows(table: Table) -> Iterator[Row]:
    """Yield the figures, as they are kept."""
    for key, by_size in table.items():
        for size, taken in by_size.items():
            accounts = f"{size:,} accounts"
            for unit, value in _figures(taken):
                yield Row(f"{key}, {accounts}", unit, value, group=f"`{key}`", of=accounts)


def _grows(taken: Sequence[Taken]) -> bool:
    first, *others = taken
    return any(other.is_more_than(first) for other in others)


def _figures(taken: Taken) -> Iterator[tuple[str, float]]:
    yield "requests", taken.requests
    yield "read units", taken.read_units
    yield "write units", taken.write_units
    yield "ms", round(taken.milliseconds, 2)


def _measured(stack: Stack, url: str, sizes: Sequence[int], calls: int) -> Table:
    table: dict[str, dict[int, Taken]] = {endpoint.key: {} for endpoint in ENDPOINTS}
    application = Timed(stack.api)
    callers = Callers(Api(application))
    there = 0
    for size in sizes:
        began = time.monotonic()
        filling.fill(filling.storage(stack, url), there, size)
        there = size
        sys.stderr.write(f"{size:,} accounts, filled in {time.monotonic() - began:.0f} s\n")
        callers.come_anew()
        for endpoint in ENDPOINTS:
            scenes = [callers.scene() for _ in range(calls)]
            taken = [_call(endpoint, number, scene, application) for number, scene in scenes]
            table[endpoint.key][size] = _median(taken)
    return table


class Callers:
    """People who were not there before, with an administrator and a back-end."""

    def __init__(self, api: Api) -> None:
        self._api = api
        self._number = 0

    def come_anew(self) -> None:
        """Have another administrator sign in, as what they do takes a recent proof."""
        number = self._next()
        self._admin = people.person(self._api, crowd.word(number).title(), "administrator")
        self._back_end = people.service_token(self._api, f"Shop {number}")

    def scene(self) -> tuple[int, Scene]:
        """Return the number of another person, and the scene with them in it.

        They call from an address of their own, in the range that is kept for benchmarks.
        """
        number = self._next()
        high, low = divmod(number % 2**16, 2**8)
        there = self._api.seen_from(f"198.18.{high}.{low}")
        person = people.person(there, crowd.word(number).title(), "read_only")
        return number, Scene(there, person, replace(self._admin, api=there), self._back_end)

    def _next(self) -> int:
        self._number += 1
        return self._number


def _call(endpoint: Endpoint, number: int, scene: Scene, application: Timed) -> Taken:
    request = endpoint.request(scene)
    if "json" in request:
        request["json"] = crowd.own(request["json"], number, scene)
    # of which many would slow down the embedded SQS
    queues.emptied()
    with units.counted() as counted:
        answer = scene.api.call(**request)
    if answer.status != endpoint.status:
        raise RuntimeError(f"{endpoint.key}: {answer}")
    requests = len(counted.requests)
    return Taken(requests, counted.read, counted.written, 1000 * application.seconds)


def _median(taken: Sequence[Taken]) -> Taken:
    return Taken(
        statistics.median(one.requests for one in taken),
        statistics.median(one.read_units for one in taken),
        statistics.median(one.write_units for one in taken),
        statistics.median(one.milliseconds for one in taken),
    )


def _print(table: Table, grown: Sequence[str]) -> None:
    heads = ("requests", "read", "written", "ms")
    sizes = list(next(iter(table.values())))
    above = "".join(f"{size:>32,} accounts" for size in sizes)
    sys.stdout.write(f"{'':68}{above}\n{'':68}")
    sys.stdout.write("".join(f"{head:>10}" for head in heads) * len(sizes) + "\n")
    for key, by_size in table.items():
        figures = "".join(
            f"{taken.requests:>10g}{taken.read_units:>10g}{taken.write_units:>10g}"
            f"{taken.milliseconds:>10.1f}"
            for taken in by_size.values()
        )
        mark = "" if key not in grown else " (a list)" if key in _LISTS else " *"
        sys.stdout.write(f"{key:68}{figures}{mark}\n")


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.scale")
    parser.add_argument(
        "--sizes",
        type=_sizes,
        default=SIZES,
        metavar="ACCOUNTS,ACCOUNTS",
        help=f"how many accounts there are (default: {','.join(map(str, SIZES))})",
    )
    parser.add_argument(
        "--calls", type=int, default=CALLS, help="of each endpoint (default: %(default)s)"
    )
    parser.add_argument("--json", type=Path, metavar="FILE", help="write the figures there as well")
    parser.add_argument("--quick", action="store_true", help="with few accounts")
    return parser


def _sizes(text: str) -> Sequence[int]:
    return [int(number) for number in text.split(",")]


if __name__ == "__main__":
    sys.exit(main())
