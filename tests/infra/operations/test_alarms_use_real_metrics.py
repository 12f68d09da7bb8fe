"""What alarms and dashboard look at is what the service counts, and the other way round."""

import re
from collections.abc import Iterator
from typing import Any, get_args

from accounts.errors import Dependency
from accounts.metrics import DIMENSIONS, NAMESPACE
from infra.local.template.pseudo_parameters import STACK_NAME
from tests.support.declared import ALARMS, DECLARED, FILTERS, WIDGETS
from tests.support.deployment import Deployment

# a metric's name, and its dimensions by name
Metric = tuple[str, frozenset[tuple[str, str]]]


def _of_alarms() -> Iterator[tuple[str, Metric]]:
    """Return the namespaces and metrics that alarms watch."""
    for alarm in ALARMS.values():
        queries = [query["MetricStat"]["Metric"] for query in alarm.get("Metrics", [])[1:]]
        for metric in queries or [alarm]:
            dimensions = {d["Name"]: d["Value"] for d in metric.get("Dimensions", [])}
            yield metric["Namespace"], (metric["MetricName"], frozenset(dimensions.items()))


def _of_widgets() -> Iterator[tuple[str, Metric]]:
    """Return the namespaces and metrics that the dashboard shows."""
    for widget in WIDGETS:
        rows: list[list[Any]] = []
        for row in widget["properties"].get("metrics", []):
            texts = [part for part in row if isinstance(part, str)]
            if not texts:
                yield _searched(row[0]["expression"])
                continue
            rows.append(_spelled_out(texts, rows[-1] if rows else []))
            namespace, name, *rest = rows[-1]
            yield namespace, (name, frozenset(zip(rest[::2], rest[1::2], strict=True)))


def _spelled_out(row: list[str], before: list[str]) -> list[str]:
    """Replace "." by what stands above it, and "..." by all that does but the end."""
    if row[0] == "...":
        return before[: len(before) - len(row) + 1] + row[1:]
    return [before[place] if part == "." else part for place, part in enumerate(row)]


def _searched(expression: str) -> tuple[str, Metric]:
    found = re.fullmatch(
        r"SEARCH\('\{(?P<schema>[\w,]+)\} service=\"(?P<service>[^\"]+)\" "
        r"MetricName=\"(?P<name>\w+)\"', '(p99|Sum|SampleCount)', 300\)",
        expression,
    )
    assert found, expression
    namespace, *dimensions = found["schema"].split(",")
    values = dict.fromkeys(dimensions, "*") | {"service": found["service"]}
    return namespace, (found["name"], frozenset(values.items()))


LOOKED_AT = [*_of_alarms(), *_of_widgets()]
OURS = [metric for namespace, metric in LOOKED_AT if namespace == NAMESPACE]


def _names(metric: Metric) -> tuple[str, frozenset[str]]:
    return metric[0], frozenset(name for name, _ in metric[1])


def _emitted() -> set[tuple[str, frozenset[str]]]:
    emitted = {(name, frozenset(way)) for name, ways in DIMENSIONS.items() for way in ways}
    return emitted | {
        (one["MetricName"], frozenset(dimension["Key"] for dimension in one["Dimensions"]))
        for one in FILTERS
    }


def test_whatever_is_looked_at_is_counted_and_the_other_way_round() -> None:
    assert {_names(metric) for metric in OURS} == _emitted()


def test_what_filters_give_is_called_as_what_the_lines_give_themselves() -> None:
    dimensions = [one for it in FILTERS for one in it["Dimensions"]]

    assert {one["MetricNamespace"] for one in FILTERS} == {NAMESPACE}
    assert [one for one in dimensions if one["Value"] != f"$.{one['Key']}"] == []


def test_only_this_stacks_metrics_are_looked_at() -> None:
    assert {dict(dimensions)["service"] for _, dimensions in OURS} == {STACK_NAME}


def test_every_dependency_that_can_fail_is_shown() -> None:
    named = {dict(dimensions).get("dependency") for _, dimensions in OURS}

    assert named - {None} == set(get_args(Dependency))


def test_namespaces_are_ours_the_filters_and_those_of_aws() -> None:
    filtered = {
        (one["MetricNamespace"], (one["MetricName"], frozenset[tuple[str, str]]()))
        for name in ("Crashes", "AnsweredServerErrors")
        for one in DECLARED[name]["MetricTransformations"]
    }
    others = [it for it in LOOKED_AT if it[0] != NAMESPACE and not it[0].startswith("AWS/")]

    assert {namespace for namespace, _ in filtered} == {f"Users/{STACK_NAME}"}
    assert set(others) == filtered


def test_every_function_counts_in_the_stacks_name(stack: Deployment) -> None:
    names = {function.environment["POWERTOOLS_SERVICE_NAME"] for function in stack.functions}

    assert names == {STACK_NAME}
