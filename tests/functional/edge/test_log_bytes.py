"""What a who-am-I costs of CloudWatch Logs: its line and the gateway's, as long as they get."""

import re

from tests.support.api import Api
from tests.support.deployment import Deployment
from tests.support.logged import Log
from tests.support.people import Person
from tests.support.register import ANY_USERS

MOST_BYTES = 450
# the longest of samconfig.toml
REAL_STACK_NAME = "users-staging"
# a request over IPv6 that takes its time
CONTEXT = {
    "requestId": "JKJaXmPLvHcESHA=",
    "identity.sourceIp": "2001:0db8:85a3:08d3:1319:8a2e:0370:7348",
    "routeKey": ANY_USERS.key,
    "status": "200",
    "responseLatency": "1234",
    "integrationErrorMessage": "-",
}
USER_ID_DIGITS = 16


def _of_the_gateway(stack: Deployment) -> str:
    api = stack.template.document["Resources"]["Api"]["Properties"]
    return re.sub(
        r"\$context\.([\w.]+)", lambda it: CONTEXT[it[1]], api["AccessLogSettings"]["Format"]
    )


def _of_the_function(log: Log) -> str:
    (line,) = log.text.splitlines()
    for name, value in (
        ("service", f'"{REAL_STACK_NAME}"'),
        ("user_id", "9" * USER_ID_DIGITS),
        ("request_id", f'"{CONTEXT["requestId"]}"'),
        ("Latency", "1234.5"),
    ):
        line, found = re.subn(rf'"{name}":("[^"]+"|[\d.]+)', f'"{name}":{value}', line)
        assert found == 1
    return line


def test_a_who_am_i_is_told_in_few_bytes(
    api: Api, alice: Person, stack: Deployment, log: Log
) -> None:
    assert api.call(*ANY_USERS.at(), token=alice.token).status == 200

    lines = [_of_the_function(log), _of_the_gateway(stack)]

    assert sum(len(line.encode()) for line in lines) <= MOST_BYTES, lines


def test_lambda_adds_no_lines_of_its_own_to_an_invocation_that_succeeds(
    stack: Deployment,
) -> None:
    document = stack.template.document
    logging = document["Globals"]["Function"]["LoggingConfig"]
    own = [
        name
        for name, resource in document["Resources"].items()
        if "LoggingConfig" in resource.get("Properties", {})
    ]

    assert logging["SystemLogLevel"] == {"Ref": "SystemLogLevel"}
    assert document["Parameters"]["SystemLogLevel"]["Default"] == "WARN"
    assert own == []
