"""openapi.json: up to date, valid, and about everything that there is."""

import re
from collections.abc import Iterator, Mapping
from typing import Any

import pytest
from jsonschema import Draft202012Validator
from openapi_spec_validator import validate

from infra.openapi import document
from tests.support.contract import contract
from tests.support.endpoint import Endpoint
from tests.support.register import ALL, LOG_IN, LOG_IN_WITH_CODE, each

Json = Mapping[str, Any]

OF_THE_GATEWAY = "431"


def _operation(endpoint: Endpoint) -> Json:
    operation: Json = contract()["paths"][endpoint.path][endpoint.method.lower()]
    return operation


def _operations() -> Iterator[Json]:
    for methods in contract()["paths"].values():
        yield from methods.values()


def _resolved(told: Json) -> Json:
    if "$ref" not in told:
        return told
    _, components, kind, name = told["$ref"].split("/")
    found: Json = contract()[components][kind][name]
    return found


def test_it_is_up_to_date() -> None:
    written = document.PATH.read_text(encoding="utf-8")

    assert written == document.text(), "make openapi writes it anew"


def test_it_is_valid() -> None:
    validate(dict(contract()))


def test_it_has_every_endpoint_and_nothing_else() -> None:
    told = {
        f"{method.upper()} {path}"
        for path, methods in contract()["paths"].items()
        for method in methods
    }

    assert told == {endpoint.key for endpoint in ALL}


@each(ALL)
def test_success_is_as_the_register_has_it(endpoint: Endpoint) -> None:
    successes = {status for status in _operation(endpoint)["responses"] if status.startswith("2")}

    # who has a second factor is asked for it, and that is a success, too
    also = {"202"} if endpoint in (LOG_IN, LOG_IN_WITH_CODE) else set()
    assert successes == {str(endpoint.status)} | also


@each(ALL)
def test_what_opens_an_endpoint_is_as_its_zone_has_it(endpoint: Endpoint) -> None:
    ways = {name for way in _operation(endpoint)["security"] for name in way} - {"refreshCookie"}

    assert (
        ways
        == {
            "public": set(),
            "private": {"accessToken", "accessCookie"},
            "server": {"accessToken", "serviceToken", "accessCookie"},
        }[endpoint.zone]
    )


@each(ALL)
def test_permission_is_as_the_register_has_it(endpoint: Endpoint) -> None:
    asked = {name for way in _operation(endpoint)["security"] for it in way.values() for name in it}

    assert asked == ({endpoint.permission} if endpoint.permission else set())


@each(ALL)
def test_parameters_of_the_path_are_told(endpoint: Endpoint) -> None:
    parameters = map(_resolved, _operation(endpoint).get("parameters", []))
    told = [it["name"] for it in parameters if it["in"] == "path"]

    assert told == re.findall(r"\{(\w+)\}", endpoint.path)


@each(ALL)
def test_every_refusal_has_its_codes_and_an_example_of_each(endpoint: Endpoint) -> None:
    for status, told in _operation(endpoint)["responses"].items():
        answer = _resolved(told)
        if status >= "4" and status != OF_THE_GATEWAY:
            codes = answer["headers"]["x-error-code"]["schema"]["enum"]
            assert sorted(answer["content"]["application/json"]["examples"]) == codes


def _examples() -> Iterator[tuple[str, Json, Any]]:
    for operation in _operations():
        answers = [(status, _resolved(it)) for status, it in operation["responses"].items()]
        for place, it in [("body", operation.get("requestBody", {})), *answers]:
            for content in it.get("content", {}).values():
                values = [value["value"] for value in content.get("examples", {}).values()]
                for value in [*values, *([content["example"]] if "example" in content else [])]:
                    yield f"{operation['operationId']} {place}", content["schema"], value


def test_examples_are_as_their_schemas_have_it() -> None:
    examples = list(_examples())

    assert len(examples) > len(ALL)
    for place, schema, value in examples:
        whole = {**schema, "components": contract()["components"]}
        faults = [error.message for error in Draft202012Validator(whole).iter_errors(value)]
        assert faults == [], place


SEED = {
    "registration_user": (
        {"passw": "example_string", "email": "user@example.com", "name": "Example Name"},
        {
            "id": 123,
            "message": "Resource created successfully",
            "created_at": "2024-01-01T00:00:00Z",
        },
    )
}


@pytest.mark.parametrize("name", SEED)
def test_examples_are_those_of_the_seed(name: str) -> None:
    (operation,) = (it for it in _operations() if it["operationId"] == name)
    body, answer = SEED[name]

    assert operation["requestBody"]["content"]["application/json"]["example"] == body
    assert operation["responses"]["201"]["content"]["application/json"]["example"] == answer


def test_rules_of_validators_are_told() -> None:
    schemas = contract()["components"]["schemas"]
    password = schemas["SignUpSchema"]["properties"]["passw"]

    assert password == {"type": "string", "minLength": 8, "maxLength": 256}
    assert schemas["SendCodeSchema"]["properties"]["email"]["format"] == "email"
    assert schemas["UpdateUserSchema"]["minProperties"] == 1
    lifetime = schemas["ServiceTokenSchema"]["properties"]["expires_in"]
    assert lifetime["maximum"] == 7_776_000
    assert lifetime["anyOf"][0] == {"type": "integer", "minimum": 60}
