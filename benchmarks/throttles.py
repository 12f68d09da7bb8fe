"""Limits of so many a second, and what share of a rush each of them refuses."""

import math
import random
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol

Arrivals = Mapping[str, int]


class Wall(Protocol):
    """A limit, as it goes through the rush."""

    def refused(self, arrived: Arrivals) -> float:
        """Return how much of what arrived in this second is refused, from 0 to 1."""


@dataclass
class Bucket:
    """So many a second, and as many more at once as are left from before."""

    takes: Mapping[str, float]
    rate: float
    burst: float = 0

    def __post_init__(self) -> None:
        self._left = self.burst

    def refused(self, arrived: Arrivals) -> float:
        """Return the share for which there is nothing left."""
        wanted = demand(self.takes, arrived)
        given = min(wanted, self.rate + self._left)
        self._left = min(self.burst, self._left + self.rate - given)
        return _share(wanted, given)


@dataclass
class Concurrency:
    """As many at a time as the account may have, and as fast as each function may grow."""

    seconds: Mapping[str, float]
    account: float
    growth_a_second: float

    def __post_init__(self) -> None:
        self._running: dict[str, float] = dict.fromkeys(self.seconds, 0.0)

    def refused(self, arrived: Arrivals) -> float:
        """Return the share for which nothing runs."""
        wanted = {name: arrived.get(name, 0) * took for name, took in self.seconds.items()}
        for name, many in wanted.items():
            self._running[name] = min(
                max(many, self._running[name]), self._running[name] + self.growth_a_second
            )
        given = {name: min(many, self._running[name]) for name, many in wanted.items()}
        total = sum(given.values())
        return _share(sum(wanted.values()), min(total, self.account))


@dataclass
class OnDemand:
    """A new table on demand: what it gives at once, and doubles as long as that is asked for."""

    takes: Mapping[str, float]
    initial: float
    doubles_in_seconds: int
    quota: float

    def __post_init__(self) -> None:
        self._gives, self._full = self.initial, 0

    def refused(self, arrived: Arrivals) -> float:
        """Return the share that is beyond what the table gives by now."""
        wanted = demand(self.takes, arrived)
        share = _share(wanted, min(wanted, self._gives))
        self._full += wanted > self._gives
        if self._full == self.doubles_in_seconds:
            self._gives, self._full = min(2 * self._gives, self.quota), 0
        return share


@dataclass
class Partitions:
    """Keys that what arrives is spread over by chance, each with so many units a second."""

    takes: Mapping[str, float]
    count: int
    units: float
    chance: random.Random

    def refused(self, arrived: Arrivals) -> float:
        """Return the share that meets a key which has no more to give."""
        mean = demand(self.takes, arrived) / self.count
        wanted = [poisson(self.chance, mean) for _ in range(self.count)]
        return _share(sum(wanted), sum(min(many, self.units) for many in wanted))


def refused_share(
    wall: Wall, mix: Mapping[str, float], seconds: int, chance: random.Random
) -> float:
    """Return the share that a limit refuses where calls come so often a second for so long."""
    shares = []
    for _ in range(seconds):
        arrived = {name: poisson(chance, mean) for name, mean in mix.items()}
        shares.append(wall.refused(arrived))
    return sum(shares) / seconds


def poisson(chance: random.Random, mean: float) -> int:
    """Return how many arrive in a second where so many do on average."""
    if mean > 30:  # noqa: PLR2004 - from here on the bell is near enough
        return max(0, round(chance.gauss(mean, math.sqrt(mean))))
    many, product, floor = -1, 1.0, math.exp(-mean)
    while product > floor:
        many, product = many + 1, product * chance.random()
    return max(0, many)


def demand(takes: Mapping[str, float], arrived: Mapping[str, float]) -> float:
    """Return what all that arrived wants, of that which each call takes so much of."""
    return sum(arrived.get(name, 0) * each for name, each in takes.items())


def _share(wanted: float, given: float) -> float:
    return (wanted - given) / wanted if wanted else 0.0
