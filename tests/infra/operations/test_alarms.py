"""Alarms tell whoever wants to hear, wait for nothing, and do not cry for want of data."""

import re
from collections.abc import Mapping
from typing import Any

import pytest

from infra.local.invoke import FunctionError, Invoke
from tests.functional.edge.test_authorizer import bearing
from tests.support.aws_calls import AwsCalls
from tests.support.declared import (
    ALARMS,
    DECLARED,
    MAIN,
    NESTED,
    ROLL_BACK,
    TOPIC,
    Properties,
    declared,
    each_alarm,
)
from tests.support.expansion import references
from tests.support.faults import silence
from tests.support.logged import Log
from tests.support.register import LOG_IN
from tests.support.scene import Scene


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


@each_alarm
def test_a_rate_waits_for_no_metric_that_may_never_have_been_published(alarm: Properties) -> None:
    # FILL has nothing to fill then, and there is no alarm
    shown, *_ = alarm.get("Metrics", [{"Expression": ""}])

    assert "FILL" not in shown["Expression"]


def test_what_the_gateway_passed_on_is_counted_when_it_is_nothing_too() -> None:
    (counted,) = DECLARED["AnsweredServerErrors"]["MetricTransformations"]

    assert (counted["MetricValue"], counted["DefaultValue"]) == ("1", 0)


def test_what_the_gateway_passed_on_are_answers_of_this_api_alone(
    scene: Scene, aws_calls: AwsCalls, invoke: Invoke, log: Log
) -> None:
    LOG_IN.call(scene)
    aws_calls.fail(1, silence())
    LOG_IN.call(scene)
    aws_calls.fail(1, silence())
    with pytest.raises(FunctionError):
        invoke("VerifySession", bearing(scene.alice.token))

    outcomes = [line["outcome"] for line in log.named("request")]
    counted = [line for line in log.lines if _matches(line)]

    assert outcomes == ["ok", "unavailable", "unavailable"]
    assert [line["status"] for line in counted] == [503]


def _matches(line: Mapping[str, Any]) -> bool:
    """Return whether a metric filter of just these two conditions takes a line of the log."""
    pattern = DECLARED["AnsweredServerErrors"]["FilterPattern"]
    found = re.fullmatch(r'\{ \$\.message = "(\w+)" && \$\.status >= (\d+) \}', pattern)
    assert found, pattern
    return bool(line["message"] == found[1] and line.get("status", 0) >= int(found[2]))


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
