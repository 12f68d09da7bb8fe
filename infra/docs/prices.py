"""What AWS and others take for what, as prices.toml has it: one dated file, with its sources."""

import math
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from infra.docs import markdown

FILE = Path(__file__).with_name("prices.toml")


@dataclass(frozen=True)
class Price:
    """A price in US dollars: of each thing up to so many a month, tier by tier."""

    name: str
    tiers: Sequence[tuple[float, float]]
    per: int
    source: str

    def of(self, quantity: float) -> float:
        """Return the dollars that so many in a month cost."""
        dollars = below = 0.0
        for up_to, price in self.tiers:
            dollars += max(0.0, min(quantity, up_to) - below) * price / self.per
            below = up_to
        return dollars


@dataclass(frozen=True)
class Prices:
    """All prices, by the name of their section, and the month in which they were read."""

    as_of: str
    by_name: Mapping[str, Price]

    def of(self, name: str, quantity: float) -> float:
        """Return the dollars that so many of this in a month cost."""
        return self.by_name[name].of(quantity)


@cache
def current() -> Prices:
    """Return the prices of the file."""
    given = tomllib.loads(FILE.read_text(encoding="utf-8"))
    as_of = given.pop("as_of")
    return Prices(as_of, {name: _price(section) for name, section in given.items()})


def table() -> str:
    """Return the table of prices and sources."""
    it = current()
    head = ("What", "US dollars", "Source")
    rows = [(one.name, _told(one), f"<{one.source}>") for one in it.by_name.values()]
    return f"As of {it.as_of}.\n\n{markdown.table(head, rows)}"


def _price(section: Mapping[str, Any]) -> Price:
    tiers = section.get("tiers") or [(math.inf, section["dollars"])]
    tiers = [(float(up_to), float(dollars)) for up_to, dollars in tiers]
    return Price(section["name"], tiers, section["per"], section["source"])


def _told(price: Price) -> str:
    per = "" if price.per == 1 else f" for {price.per:,}"
    if len(price.tiers) == 1:
        return f"{_plain(price.tiers[0][1])}{per}"
    told = [
        f"{_plain(dollars)} up to {up_to:,.0f}" if math.isfinite(up_to) else f"{_plain(dollars)}"
        for up_to, dollars in price.tiers
    ]
    return f"{', '.join(told[:-1])}, then {told[-1]}{per}"


def _plain(dollars: float) -> str:
    """Return it with two places at least, and as many as it has."""
    return f"{dollars:.2f}" if round(dollars, 2) == dollars else f"{dollars:.10f}".rstrip("0")
