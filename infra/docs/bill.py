"""What the service costs: a call, a month of many people, and a month of nobody at all.

Units and requests are those that the tests count, memory and settings those of the template;
what was measured is in measured.toml and benchmarks/results, and what it costs in prices.toml.
"""

import math
import tomllib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from benchmarks import results
from infra.docs import handlers, prices
from infra.local import ROOT
from infra.local.template.pseudo_parameters import PSEUDO_PARAMETERS
from infra.local.template.reader import Template
from tests.support import register
from tests.support.declared import MAIN, NESTED
from tests.support.endpoint import Endpoint

MEASURED = Path(__file__).with_name("measured.toml")
# the memory at which Lambda gives one whole core
CORE_MB = 1769
GB = 10**9
DAYS = 30
# Lambda asks a queue so often for the mail function, whether there is mail or not
QUEUE_POLLS = 5 * DAYS * 24 * 3600 / 20
# of one's own, all routes and outcomes: docs/operations.md
METRICS = 50

# dollars, by what they go for
Parts = dict[str, float]


@dataclass(frozen=True, eq=False)
class Mode:
    """How a stack is deployed, as far as that changes what calls cost."""

    name: str
    parameters: Mapping[str, str]

    @property
    def signs_by_kms(self) -> bool:
        """Return whether each token is one request to KMS."""
        return self.parameters.get("SigningMode") != "cached"

    def seconds(self, parameter: str) -> int:
        """Return what a parameter of the template has, which is a time."""
        return int(self.parameters.get(parameter, _default(parameter)))


DEFAULT = Mode("as deployed by default", {})
CACHED = Mode(
    "`SigningMode=cached`, `ActivitySeconds=900`",
    {"SigningMode": "cached", "ActivitySeconds": "900"},
)
MODES = (DEFAULT, CACHED)


@dataclass(frozen=True)
class Call:
    """A call: what the tests know of it, and what was measured."""

    name: str
    endpoint: Endpoint
    milliseconds: float
    log_bytes: int
    # of its requests to AWS, those that go out while another one is on its way
    together: int = 0

    def requests(self, mode: Mode) -> Mapping[str, int]:
        """Return its requests to AWS, by operation."""
        return {
            operation: count
            for operation, count in self.endpoint.requests.items()
            if operation != "Sign" or mode.signs_by_kms
        }

    def rounds(self, mode: Mode) -> int:
        """Return how many of its requests to AWS are one after another."""
        return sum(self.requests(mode).values()) - self.together

    def billed_seconds(self, mode: Mode) -> float:
        """Return how long Lambda counts for it on average, those that meet a start included."""
        given = measured()
        starts = given["starts_in_a_thousand"] / 1000 * given["start_milliseconds"]
        slower = max(1.0, CORE_MB / self.memory_mb)
        waited = self.rounds(mode) * given["aws_milliseconds"]
        return float((self.milliseconds + starts) * slower + waited) / 1000

    @property
    def memory_mb(self) -> int:
        """Return the memory that its function has."""
        return _memory()[self.endpoint.key]


@dataclass(frozen=True)
class Profile:
    """What a person does in a month."""

    name: str
    log_ins: float
    refreshes: float
    who_am_i: float
    sign_ups: float

    def activity_writes(self, mode: Mode) -> float:
        """Return how often who-am-I notes activity, if calls come evenly as long as a token lives.

        The log-in or the refresh that issued the token has noted it as well.
        """
        life, every = mode.seconds("AccessTokenSeconds"), mode.seconds("ActivitySeconds")
        tokens = self.log_ins + self.refreshes
        return min(self.who_am_i, tokens * (math.ceil(life / every) - 1))


USUAL = Profile("usual", log_ins=4, refreshes=60, who_am_i=600, sign_ups=0.05)
PROFILES = (
    Profile("light", log_ins=1, refreshes=8, who_am_i=40, sign_ups=0.02),
    USUAL,
    Profile("heavy", log_ins=8, refreshes=300, who_am_i=4000, sign_ups=0.05),
)


@cache
def measured() -> Mapping[str, Any]:
    """Return what was measured."""
    return tomllib.loads(MEASURED.read_text(encoding="utf-8"))


@cache
def calls() -> Mapping[str, Call]:
    """Return the calls of a person's month by their names in a profile.

    Raises:
        LookupError: nobody has measured how long one takes.
    """
    given = measured()["calls"]
    log_in = _milliseconds("log-in")
    return {
        "who_am_i": Call(
            "who-am-I", register.ANY_USERS, _milliseconds("who-am-I"), **given["who_am_i"]
        ),
        "refreshes": Call(
            "refresh", register.REFRESH, _milliseconds("refresh"), **given["refresh"]
        ),
        "log_ins": Call("log-in, from a new device", register.LOG_IN, log_in, **given["log_in"]),
        # nearly all of either is its hash
        "sign_ups": Call("sign-up by a back-end", register.SIGN_UP, log_in, **given["sign_up"]),
    }


def _milliseconds(call: str) -> float:
    result = results.read("warm_calls")
    for row in result.grouped(call) if result else ():
        if row.of == "ours":
            return row.value
    raise LookupError(call)


def of_calls(counts: Mapping[str, float], mode: Mode) -> Parts:
    """Return what so many calls of each name cost in a month, in dollars by part."""
    of = prices.current().of
    made = [(calls()[name], count) for name, count in counts.items()]

    def total(amount: Callable[[Call], float]) -> float:
        return sum(count * amount(call) for call, count in made)

    def asked(operation: str) -> float:
        return total(lambda call: call.requests(mode).get(operation, 0))

    return {
        "API Gateway": of("api_gateway_requests", total(lambda _: 1)),
        "Lambda, requests": of("lambda_requests", total(lambda _: 1)),
        "Lambda, time": of(
            "lambda_gb_seconds",
            total(lambda call: call.billed_seconds(mode) * call.memory_mb / 1024),
        ),
        "DynamoDB, reads": of("dynamodb_reads", total(lambda call: call.endpoint.units[0])),
        "DynamoDB, writes": of("dynamodb_writes", total(lambda call: call.endpoint.units[1])),
        "KMS, signatures": of("kms_signatures", asked("Sign")),
        "KMS, password hashes": of("kms_requests", asked("GenerateMac")),
        "Logs": of("logs", total(lambda call: call.log_bytes) / GB),
    }


def of_month(people: float, profile: Profile, mode: Mode) -> Parts:
    """Return what a month of so many people costs, in dollars by part."""
    of = prices.current().of
    counts = {name: people * getattr(profile, name) for name in calls()}
    parts = of_calls(counts, mode)
    noted = people * profile.activity_writes(mode) * register.ACTIVITY_WRITE_UNITS
    parts["DynamoDB, activity"] = of("dynamodb_writes", noted)
    stored = people * _stored_bytes(profile, mode) / GB
    parts["DynamoDB, storage"] = of("dynamodb_storage", stored) + of("dynamodb_backups", stored)
    logged = sum(calls()[name].log_bytes * count for name, count in counts.items()) / GB
    parts["Logs"] += of("log_storage", logged * mode.seconds("LogRetentionDays") / DAYS)
    parts["Whatever happens"] = sum(idle(mode).values()) + of("metrics", METRICS)
    return parts


def idle(mode: Mode) -> Parts:
    """Return what a stack costs in a month in which nobody calls it, in dollars by part."""
    of = prices.current().of
    return {
        "KMS, keys": of("kms_keys", len(_template(mode).kms_keys())),
        "CloudWatch, alarms": of("alarms", _metrics_of_alarms()),
        "CloudWatch, dashboard": of("dashboards", 1),
        "SQS, asking for mail": of("queue_requests", QUEUE_POLLS),
    }


def _stored_bytes(profile: Profile, mode: Mode) -> float:
    given = measured()
    events = (profile.log_ins + profile.sign_ups) * mode.seconds("AuditDays") / DAYS
    sessions = profile.log_ins * mode.seconds("RefreshIdleSeconds") / (DAYS * 24 * 3600)
    return float(
        given["account_bytes"] + sessions * given["session_bytes"] + events * given["event_bytes"]
    )


@cache
def _memory() -> Mapping[str, int]:
    return {
        route.key: function.memory_mb
        for function in handlers.functions()
        for route in function.routes
    }


@cache
def _default(parameter: str) -> str:
    return str(_template(DEFAULT).values[parameter])


@cache
def _template(mode: Mode) -> Template:
    return Template.load(ROOT / "template.yaml", PSEUDO_PARAMETERS, mode.parameters)


def _metrics_of_alarms() -> int:
    """Return how many metrics the alarms look at that each stack has."""
    resources = (resource for it in (MAIN, NESTED) for resource in it["Resources"].values())
    return sum(
        sum("MetricStat" in metric for metric in resource["Properties"].get("Metrics", ())) or 1
        for resource in resources
        if resource["Type"] == "AWS::CloudWatch::Alarm" and "Condition" not in resource
    )
