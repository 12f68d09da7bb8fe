"""In containers the functions see the running stack, at the name this machine has there."""

from typing import Any

import pytest

from infra.local import TEMPLATE
from infra.local.aws.embedded import client_environment
from infra.local.template.declarations import TemplateError
from infra.local.template.intrinsics import UnresolvedReferenceError
from infra.sam_local import given
from tests.infra.sam_local.conftest import AWS_URL, QUEUE_URL

HOST = "host.docker.internal"


def test_resources_are_those_of_the_running_stack(session: dict[str, Any]) -> None:
    variables = given.variables(TEMPLATE, session, HOST)

    assert variables["AnyUsers"]["USER_SESSIONS_TABLE"] == "the UserSessionsTable"
    assert variables["LogIn"]["SIGNING_KEY_ID"] == "the SigningKeyA"
    assert variables["AnyUsers"]["TOKEN_JWKS"] == "attribute"
    assert variables["PrepareStack"]["TOKEN_JWKS"] == ""


def test_parameters_are_those_of_the_running_stack(session: dict[str, Any]) -> None:
    variables = given.variables(TEMPLATE, session, HOST)

    assert variables["LogIn"]["AUDIT_DAYS"] == "31"


def test_aws_is_reached_at_the_name_that_containers_know(session: dict[str, Any]) -> None:
    variables = given.variables(TEMPLATE, session, HOST)["ForgetPassword"]

    assert variables["AWS_ENDPOINT_URL"] == "http://host.docker.internal:5000"
    assert variables["AWS_ENDPOINT_URL_DYNAMODB"] == "http://host.docker.internal:8000"
    assert variables["MAIL_QUEUE_URL"] == QUEUE_URL.replace("127.0.0.1", HOST)
    assert variables["NO_PROXY"] == HOST


def test_what_is_for_a_browser_keeps_its_address(session: dict[str, Any]) -> None:
    # a port that begins like that of the embedded AWS is another one
    session["parameters"]["ResetPageUrl"] = f"{AWS_URL}1/reset"

    variables = given.variables(TEMPLATE, session, HOST)

    assert variables["SendMail"]["RESET_PAGE_URL"] == f"{AWS_URL}1/reset"


def test_dynamodb_elsewhere_keeps_its_address(session: dict[str, Any]) -> None:
    session["aws"]["dynamodb_endpoint_url"] = "http://db.example:8000"
    session["aws"]["environment"] = client_environment(AWS_URL, "http://db.example:8000")

    variables = given.variables(TEMPLATE, session, HOST)

    assert variables["LogIn"]["AWS_ENDPOINT_URL_DYNAMODB"] == "http://db.example:8000"
    assert given.ports(session) == {5000}


def test_ports_of_this_machine_are_known(session: dict[str, Any]) -> None:
    assert given.ports(session) == {5000, 8000}


def test_all_that_has_a_value_is_declared(session: dict[str, Any]) -> None:
    # of what is not declared in the template, sam local tells a function nothing
    variables = given.variables(TEMPLATE, session, HOST)

    document = given.declaring(TEMPLATE, session["aws"]["environment"])

    shared = document["Globals"]["Function"]["Environment"]["Variables"].keys()
    for logical_id, own in variables.items():
        properties = document["Resources"][logical_id]["Properties"]
        declared = properties.get("Environment", {}).get("Variables", {}).keys() | shared
        assert own.keys() == declared, logical_id


def test_stack_of_another_template_is_noticed(session: dict[str, Any]) -> None:
    del session["aws"]["resources"]["UsersTable"]

    with pytest.raises(UnresolvedReferenceError, match="UsersTable"):
        given.variables(TEMPLATE, session, HOST)


def test_parameter_of_another_template_is_noticed(session: dict[str, Any]) -> None:
    session["parameters"]["Gone"] = "x"

    with pytest.raises(TemplateError, match="Gone"):
        given.variables(TEMPLATE, session, HOST)
