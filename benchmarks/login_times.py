"""Whether the time of an answer tells of an account: ``python -m benchmarks.login_times``.

Requests of each kind take turns, in another order each round, over HTTP against the stack of
``make run``, with bcrypt as costly as in production. What others do on the machine disturbs the
seconds on the clock; those of the processor, of the whole stack, less so.

Of answers that must look alike each is compared with the first, round by round. They are alike
if the median of these ratios is surely (by 99 %) within a twentieth of 1, they differ if it is
surely not, and else it takes more rounds to tell.
"""

import argparse
import json
import logging
import math
import os
import random
import statistics
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, nullcontext, redirect_stdout
from dataclasses import dataclass
from http.client import HTTPConnection
from pathlib import Path
from urllib.parse import urlsplit

from benchmarks import strangers
from benchmarks.strangers import Ask, Kind, Kinds
from infra.local.aws.dynamodb_local import dynamodb_local
from infra.local.server import listen, serving
from infra.local.stack import deployed

# all that strangers may be let do
PARAMETERS = {"BcryptCost": "12", "SelfSignUp": "true", "EmailCodes": "true"}
ROUNDS = 40
# of fewer nothing is sure
FEWEST_ROUNDS = 8
# the first requests also import modules and open connections
WARM_UP_ROUNDS = 2
TOLERANCE = 0.05
# of the normal distribution: 99 of 100 are closer to the middle
DEVIATIONS = 2.576


@dataclass(frozen=True)
class Seconds:
    """What one request took."""

    clock: float
    processor: float

    @classmethod
    def middle(cls, times: Sequence["Seconds"]) -> "Seconds":
        """Return the medians."""
        return cls(
            statistics.median(one.clock for one in times),
            statistics.median(one.processor for one in times),
        )


@dataclass(frozen=True)
class Comparison:
    """How many times as long as another kind of request one takes: surely between these two."""

    least: float
    most: float

    @classmethod
    def of(cls, taken: Sequence[float], other: Sequence[float]) -> "Comparison":
        """Return the interval of the median of the ratios, round by round."""
        ratios = sorted(mine / its for mine, its in zip(taken, other, strict=True))
        # by the binomial distribution of how many are below the median
        rank = math.floor((len(ratios) - DEVIATIONS * math.sqrt(len(ratios))) / 2)
        return cls(ratios[rank], ratios[-1 - rank])

    @property
    def verdict(self) -> str:
        """Say what that tells a stranger."""
        if self.least >= 1 - TOLERANCE and self.most <= 1 + TOLERANCE:
            return "alike"
        if self.most < 1 - TOLERANCE or self.least > 1 + TOLERANCE:
            return "DIFFERENT"
        return "unclear"


def main(arguments: Sequence[str] | None = None) -> None:
    """Measure and print; exit with an error if a difference shows."""
    options = _options(arguments)
    engine = dynamodb_local() if options.dynamodb_local else nullcontext()
    with engine as dynamodb_url, _service(dynamodb_url) as ask:
        groups = strangers.prepare(ask)
        kinds = {name: kind for group in groups.values() for name, kind in group.items()}
        for _ in range(WARM_UP_ROUNDS):
            _round(ask, kinds)
        taken = [_round(ask, kinds) for _ in range(options.rounds)]
    clock = {kind: [round_[kind].clock for round_ in taken] for kind in kinds}
    processor = {kind: [round_[kind].processor for round_ in taken] for kind in kinds}
    _report("clock", groups, clock)
    if "DIFFERENT" in _report("processor", groups, processor):
        raise SystemExit("Some answers can be told apart by what they take.")


def _options(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.login_times", description=__doc__)
    parser.add_argument("--rounds", type=int, default=ROUNDS, help="requests of each kind")
    parser.add_argument(
        "--dynamodb-local", action="store_true", help="measure on DynamoDB Local (needs Java 17)"
    )
    options = parser.parse_args(arguments)
    if options.rounds < FEWEST_ROUNDS:
        parser.error(f"it takes {FEWEST_ROUNDS} rounds at least")
    return options


@contextmanager
def _service(dynamodb_url: str | None) -> Iterator[Ask]:
    """Run the stack; gives what sends a request and returns the status."""
    logging.disable()
    with (
        # a line a request would be among the figures
        Path(os.devnull).open("w") as nowhere,
        redirect_stdout(nowhere),
        deployed(PARAMETERS, dynamodb_url) as stack,
        serving(stack.api, listen(0)) as url,
    ):

        def ask(kind: Kind) -> int:
            connection = HTTPConnection(urlsplit(url).netloc, timeout=30)
            headers = {"Content-Type": "application/json"}
            connection.request(kind.method, kind.path, json.dumps(kind.body), headers)
            answer = connection.getresponse()
            answer.read()
            connection.close()
            return answer.status

        yield ask


def _round(ask: Ask, kinds: Kinds) -> Mapping[str, Seconds]:
    """Have each kind take its turns; return the time of its middle one."""
    taken: dict[str, list[Seconds]] = {name: [] for name in kinds}
    turns = [name for name, kind in kinds.items() for _ in range(kind.turns)]
    for name in random.sample(turns, len(turns)):
        kind = kinds[name]
        strangers.count_anew(kinds)
        clock, processor = time.perf_counter(), time.process_time()
        status = ask(kind)
        taken[name].append(Seconds(time.perf_counter() - clock, time.process_time() - processor))
        if status != kind.status:
            raise SystemExit(f"{name}: {status} instead of {kind.status}")
    return {name: Seconds.middle(times) for name, times in taken.items()}


def _report(
    title: str, groups: Mapping[str, Kinds], taken: Mapping[str, Sequence[float]]
) -> set[str]:
    """Print medians, and how far from the first of their group they are; return the verdicts."""
    verdicts = set()
    out = sys.stdout.write
    out(f"{title:32}{'median':>11}{'quartiles':>22}{'ratio':>8}{'99 %':>16}\n")
    for group, kinds in groups.items():
        out(f"{group}\n")
        first, *others = kinds
        out(f"  {_figures(first, taken[first])}\n")
        for kind in others:
            compared = Comparison.of(taken[kind], taken[first])
            ratio = statistics.median(taken[kind]) / statistics.median(taken[first])
            interval = f"{compared.least:.3f} - {compared.most:.3f}"
            out(f"  {_figures(kind, taken[kind])}{ratio:8.3f}{interval:>16}  {compared.verdict}\n")
            verdicts.add(compared.verdict)
    out("\n")
    return verdicts


def _figures(kind: str, seconds: Sequence[float]) -> str:
    low, middle, high = (1000 * value for value in statistics.quantiles(seconds, n=4))
    return f"{kind:30}{middle:8.1f} ms{f'{low:.1f} - {high:.1f} ms':>22}"


if __name__ == "__main__":
    main()
