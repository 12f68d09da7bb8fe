"""Alarms tell whoever wants to hear, wait for nothing, and do not cry for want of data."""

import re

import pytest

from tests.support.declared import (
    ALARMS,
    MAIN,
    NESTED,
    ROLL_BACK,
    TOPIC,
    Properties,
    declared,
    each_alarm,
)
from tests.support.expansion import references


@each_alarm
def test_silence_is_no_alarm(alarm: Properties) -> None:
    assert alarm["TreatMissingData"] == "notBreaching"


@each_alarm
def test_topic_hears_of_the_alarm_and_of_its_end(alarm: Properties) -> None:
    assert alarm["AlarmActions"] == alarm["OKActions"] == [TOPIC]


def test_without_a_topic_alarms_do_nothing() -> None:
    actions = {
        name
        for logical_id, alarm in declared(topic="").items()
        if logical_id in ALARMS
        for name in ("AlarmActions", "OKActions")
        if name in alarm
    }

    assert actions == set()


@each_alarm
def test_a_rate_is_computed_from_what_is_fetched_for_it(alarm: Properties) -> None:
    shown, *fetched = alarm.get("Metrics", [{"Expression": ""}])
    variables = set(re.findall(r"\b[a-z]\w*\b", shown["Expression"]))

    assert variables == {query["Id"] for query in fetched}
    assert all(query["ReturnData"] is False for query in fetched)


@pytest.mark.parametrize("alarm", sorted(ROLL_BACK))
def test_alarms_that_roll_back_wait_for_no_function(alarm: str) -> None:
    named = set(references(MAIN["Resources"][alarm]))
    resources = named & set(MAIN["Resources"])

    assert resources == set()
    assert set(references(MAIN["Resources"]["Crashes"])) & set(MAIN["Resources"]) == {"Logs"}
    assert set(references(MAIN["Resources"]["Logs"])) & set(MAIN["Resources"]) == set()


def test_the_stack_within_gets_what_it_asks_for() -> None:
    given = MAIN["Resources"]["Operations"]["Properties"]["Parameters"]
    asked_of = {name: set(references(value)) for name, value in given.items()}
    called_otherwise = {
        "AlarmTopicArn": {"AlarmTopicArn"},
        "ApiId": {"Api"},
        "LogGroup": {"Logs"},
        "LogInFunction": {"LogIn"},
        "Service": {"AWS::StackName"},
    }

    assert asked_of == {
        name: called_otherwise.get(name, {name.removesuffix("Arn")})
        for name in NESTED["Parameters"]
    }


def test_every_parameter_is_used() -> None:
    used = set(references(NESTED["Resources"])) | set(references(NESTED["Conditions"]))

    assert set(NESTED["Parameters"]) <= used
