"""What the templates declare for those who operate the service."""

import json
from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Any

import pytest
from samtranslator.yaml_helper import yaml_parse  # type: ignore[import-untyped] # ships no types

from infra.local import ROOT
from infra.local.template.intrinsics import Resolver
from infra.local.template.pseudo_parameters import PSEUDO_PARAMETERS, STACK_NAME

DASHBOARD = "AWS::CloudWatch::Dashboard"
KINDS = ("AWS::CloudWatch::Alarm", DASHBOARD, "AWS::Logs::MetricFilter")
TOPIC = "arn:aws:sns:us-east-1:123456789012:alarms"
# what a deployment is rolled back for
ROLL_BACK = {"ServerErrorsAlarm", "CrashesAlarm"}

MAIN = yaml_parse((ROOT / "template.yaml").read_text(encoding="utf-8"))
NESTED = yaml_parse((ROOT / "infra/operations/template.yaml").read_text(encoding="utf-8"))

Properties = Mapping[str, Any]


class _Attributes(defaultdict[str, Mapping[str, str]]):
    """Stands for whatever other resources give; each value tells whose it is."""

    def __missing__(self, resource: str) -> Mapping[str, str]:
        return {"Ref": f"the-{resource}", "Arn": f"arn:{resource}"}


def declared(topic: str = TOPIC) -> Mapping[str, Properties]:
    """Return the properties of alarms, dashboard and filter, by logical id."""
    values = {name: f"the-{name}" for name in NESTED["Parameters"]} | {"Service": STACK_NAME}
    return {**_resolved(MAIN, {}, topic), **_resolved(NESTED, values, topic)}


def _resolved(
    template: Mapping[str, Any], values: Mapping[str, Any], topic: str
) -> Mapping[str, Properties]:
    condition = {
        "HasAlarmTopic": template["Conditions"]["HasAlarmTopic"],
        # without which some alarms are not there
        "TellsEvents": {"Fn::Equals": ["told", "told"]},
        "ExportsTrail": {"Fn::Equals": ["exported", "exported"]},
    }
    given = {**PSEUDO_PARAMETERS, **values, "AlarmTopicArn": topic}
    resolver = Resolver(given, _Attributes(), condition)
    return {
        logical_id: resolver.resolve(resource["Properties"])
        for logical_id, resource in template["Resources"].items()
        if resource["Type"] in KINDS
    }


DECLARED = declared()
ALARMS = {name: it for name, it in DECLARED.items() if name.endswith("Alarm")}
# that give metrics of the stack's name, out of all lines that have a latency
FILTERS: Sequence[Properties] = [
    transformation
    for it in DECLARED.values()
    if it.get("FilterPattern") == "{ $.Latency >= 0 }"
    for transformation in it["MetricTransformations"]
]
WIDGETS: Sequence[Properties] = json.loads(DECLARED["Dashboard"]["DashboardBody"])["widgets"]

each_alarm = pytest.mark.parametrize("alarm", ALARMS.values(), ids=ALARMS)


def name_of(alarm: Properties) -> str:
    """Return what an alarm is called within its stack."""
    return str(alarm["AlarmName"].removeprefix(f"{STACK_NAME}-"))
