"""Which limit refuses what share of a rush: ``python -m benchmarks.walls``.

An hour of log-ins at a steady rate, all at once from its first second, second by second: what
arrives varies by chance, with a seed. Each limit stands alone, as if all others had been raised.
What calls take is as in docs/cost.md; the quotas are AWS's own, by default.
"""

import math
import random
import sys
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from accounts.storage.places import SHARDS
from benchmarks.throttles import (
    Bucket,
    Concurrency,
    OnDemand,
    Partitions,
    Wall,
    demand,
    refused_share,
)
from infra.docs import bill, handlers, markdown
from infra.docs.bill import DEFAULT

QUOTAS = Path(bill.__file__).with_name("quotas.toml")
SEED = 17
SECONDS = 3600
RATES = (10, 1_000, 100_000)
# of each log-in, in the usual month
RUSH: Mapping[str, float] = {"log_ins": 1}
DAY: Mapping[str, float] = {"log_ins": 1, "refreshes": 15, "who_am_i": 150}


@dataclass(frozen=True)
class Told:
    """A limit and what is told of it; ``highest`` is the rate of log-ins that it lets through."""

    name: str
    limit: str
    highest: float
    source: str
    raised: str
    wall: Wall


def walls(mix: Mapping[str, float], chance: random.Random) -> Iterator[Told]:
    """Return the limits that calls in this mix, for each log-in, have before them."""
    quota = quotas()
    calls = {name: bill.calls()[name] for name in mix}
    one = dict.fromkeys(mix, 1.0)
    yield _bucket(
        "`ThrottleRate` of the stack",
        one,
        mix,
        {"rate": _setting("ThrottleRate"), "burst": _setting("ThrottleBurst")},
        "template.yaml",
        "set `ThrottleRate` and `ThrottleBurst`",
    )
    yield _bucket("API Gateway, of the account", one, mix, quota["gateway"], "gateway", "ask AWS")
    seconds = {name: call.billed_seconds(DEFAULT) for name, call in calls.items()}
    account = quota["concurrency"]["account"]
    yield Told(
        "Lambda, running at a time",
        f"{account:,}",
        account / demand(seconds, mix),
        "concurrency",
        "ask AWS",
        Concurrency(seconds, account, quota["concurrency"]["growth"] / 10),
    )
    for name, operation, way in (
        ("kms_signatures", "Sign", "`SigningMode=cached`, or ask AWS"),
        ("kms_requests", "GenerateMac", "ask AWS"),
    ):
        takes = {key: call.requests(DEFAULT).get(operation, 0) for key, call in calls.items()}
        yield _bucket(f"KMS, `{operation}`", takes, mix, quota[name], name, way)
    yield from _tables(mix)
    yield _shards(mix, chance)


def _tables(mix: Mapping[str, float]) -> Iterator[Told]:
    it = quotas()["table"]
    for table, takes in bill.measured()["table_writes"].items():
        if wanted := demand(takes, mix):
            wall = OnDemand(takes, it["initial"], it["doubles_in_seconds"], it["quota"])
            yield Told(
                f"DynamoDB, writes to `{table}`",
                f"{it['initial']:,}, later {it['quota']:,}",
                it["initial"] / wanted,
                "table",
                "warm throughput before a rush; ask AWS beyond the quota",
                wall,
            )


def _shards(mix: Mapping[str, float], chance: random.Random) -> Told:
    takes, count, units = bill.measured()["by_time_writes"], len(SHARDS), quotas()["partition"]
    return Told(
        "DynamoDB, writes to `by_time`",
        f"{count} × {units['writes']:,}",
        count * units["writes"] / demand(takes, mix),
        "partition",
        "more shards",
        Partitions(takes, count, units["writes"], chance),
    )


def table(mix: Mapping[str, float]) -> str:
    """Return the table of limits, the lowest first, with the share that each refuses."""
    head = ("Limit", "A second", "Log-ins a second", *(f"at {r:,}" for r in RATES), "Higher")
    order = sorted(walls(mix, random.Random(SEED)), key=lambda it: it.highest)  # noqa: S311 - chance
    rows = [
        (
            f"[{it.name}]({_page(it)})",
            it.limit,
            f"{it.highest:,.0f}",
            *(_percent(_refused(it.name, mix, rate)) for rate in RATES),
            it.raised,
        )
        for it in order
    ]
    return markdown.table(head, rows)


def _refused(name: str, mix: Mapping[str, float], rate: float) -> float:
    # each rush meets it as new
    chance = random.Random(SEED)  # noqa: S311 - it simulates chance
    (wall,) = (it.wall for it in walls(mix, chance) if it.name == name)
    offered = {call: rate * each for call, each in mix.items()}
    return refused_share(wall, offered, SECONDS, chance)


@cache
def quotas() -> Mapping[str, Any]:
    """Return what AWS gives."""
    return tomllib.loads(QUOTAS.read_text(encoding="utf-8"))


def _bucket(
    name: str,
    takes: Mapping[str, float],
    mix: Mapping[str, float],
    quota: Mapping[str, Any],
    source: str,
    raised: str,
) -> Told:
    burst = quota.get("burst", 0)
    told = f"{quota['rate']:,}" + (f", bursts of {burst:,}" if burst else "")
    wanted = demand(takes, mix)
    highest = quota["rate"] / wanted if wanted else math.inf
    return Told(name, told, highest, source, raised, Bucket(takes, quota["rate"], burst))


def _setting(parameter: str) -> int:
    return int(str(handlers.template().values[parameter]))


def _page(it: Told) -> str:
    return str(quotas().get(it.source, {}).get("source", "deploy.md"))


def _percent(share: float) -> str:
    return "–" if share < 0.0005 else f"{share:.1%}"  # noqa: PLR2004 - what would read 0.0 %


def main() -> None:
    """Print both tables."""
    sys.stdout.write(f"Log-ins alone:\n\n{table(RUSH)}\n")
    sys.stdout.write(f"With the refreshes and who-am-I of a day:\n\n{table(DAY)}")


if __name__ == "__main__":
    main()
