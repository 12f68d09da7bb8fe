"""The runbook has what an alarm's mail sends its reader to."""

import re

from accounts.metrics import DIMENSIONS
from infra.local import ROOT
from tests.support.declared import ALARMS, FILTERS, Properties, each_alarm, name_of

RUNBOOK = (ROOT / "docs/operations.md").read_text(encoding="utf-8")


def _entries() -> list[str]:
    return re.findall(r"^### (.+)$", RUNBOOK, re.MULTILINE)


def test_every_alarm_has_an_entry_in_the_runbook_and_every_entry_an_alarm() -> None:
    names = [name_of(alarm) for alarm in ALARMS.values()]

    assert sorted(_entries()) == sorted(names)


@each_alarm
def test_alarm_says_what_it_means_and_where_to_read_on(alarm: Properties) -> None:
    meaning, _, entry = alarm["AlarmDescription"].partition("; ")

    assert meaning
    assert entry == f"docs/operations.md#{name_of(alarm)}"


def test_runbook_tells_of_every_metric_and_its_dimensions() -> None:
    rows = re.findall(r"^\| `(\w+)` \| (.*?) \|", RUNBOOK, re.MULTILINE)
    told = {name: set(re.findall(r"`(\w+)`", by)) for name, by in rows}

    expected = {
        name: {dimension for way in ways for dimension in way} for name, ways in DIMENSIONS.items()
    }
    for one in FILTERS:
        ways = expected.setdefault(one["MetricName"], set())
        ways |= {dimension["Key"] for dimension in one["Dimensions"]}
    assert told == {name: dimensions - {"service"} for name, dimensions in expected.items()}


def test_links_within_the_runbook_lead_somewhere() -> None:
    links = set(re.findall(r"\(#([\w-]+)\)", RUNBOOK))

    assert links
    assert links <= set(_entries())
