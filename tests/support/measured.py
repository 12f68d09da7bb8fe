"""What CloudWatch makes of the log: the metrics in its lines, read by the rules of the format.

Those are the rules of "Specification: Embedded metric format" in the CloudWatch user guide. The
latency is taken out of the lines by metric filters of the template.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from tests.support.declared import FILTERS, Properties

# a name, and all dimensions but the stack's name, which every metric has
Key = tuple[str, frozenset[tuple[str, str]]]
UNITS = {"Count", "Milliseconds"}
MOST_DIMENSIONS = 30


def measured(lines: Iterable[Mapping[str, Any]]) -> Mapping[Key, list[float]]:
    """Return the values of all metrics in these lines of the log."""
    found: dict[Key, list[float]] = defaultdict(list)
    for line in lines:
        for directive in _directives(line):
            assert set(directive) == {"Namespace", "Dimensions", "Metrics"}
            assert directive["Namespace"] == "Users"
            for name in map(_name, directive["Metrics"]):
                for dimensions in directive["Dimensions"]:
                    found[name, _values(line, dimensions)].append(_number(line[name]))
        for transformation in filter(lambda one: _takes(one, line), FILTERS):
            dimensions = [_field(one["Value"]) for one in transformation["Dimensions"]]
            value = line[_field(transformation["MetricValue"])]
            found[transformation["MetricName"], _values(line, dimensions)].append(_number(value))
    return found


def key(name: str, **dimensions: str) -> Key:
    """Return the key of a metric."""
    return name, frozenset(dimensions.items())


def _takes(transformation: Properties, line: Mapping[str, Any]) -> bool:
    return _number(line.get(_field(transformation["MetricValue"]), -1)) >= 0


def _field(selector: str) -> str:
    assert selector.startswith("$.")
    return selector.removeprefix("$.")


def _directives(line: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    if "_aws" in line:
        assert set(line["_aws"]) == {"Timestamp", "CloudWatchMetrics"}
        assert isinstance(line["_aws"]["Timestamp"], int)
        assert line["_aws"]["CloudWatchMetrics"]
        yield from line["_aws"]["CloudWatchMetrics"]


def _name(definition: Mapping[str, str]) -> str:
    assert set(definition) == {"Name", "Unit"}
    assert definition["Unit"] in UNITS
    return definition["Name"]


def _values(line: Mapping[str, Any], dimensions: list[str]) -> frozenset[tuple[str, str]]:
    values = {name: line[name] for name in dimensions}
    # an empty one would have CloudWatch leave the metric out
    assert all(isinstance(value, str) and value for value in values.values())
    assert len(values) == len(dimensions) <= MOST_DIMENSIONS
    del values["service"]
    return frozenset(values.items())


def _number(value: object) -> float:
    assert isinstance(value, int | float)
    assert not isinstance(value, bool)
    return float(value)
