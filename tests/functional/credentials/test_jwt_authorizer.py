"""docs/verify-elsewhere/jwt-authorizer.yaml, by the rules that API Gateway documents.

They are those of "Control access to HTTP APIs with JWT authorizers" in the API Gateway guide.
"""

import runpy
from collections.abc import Callable, Mapping
from typing import Any

import pytest
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet
from samtranslator.translator.transform import (  # type: ignore[import-untyped] # ships no types
    transform,
)
from samtranslator.yaml_helper import yaml_parse  # type: ignore[import-untyped] # ships no types

from infra.local import ROOT
from tests.support.api import Api
from tests.support.clocks import Clock
from tests.support.deployment import Deployment
from tests.support.expansion import NoManagedPolicies
from tests.support.fleet import Fleet
from tests.support.forging import Forge
from tests.support.people import Person
from tests.support.register import DISCOVERY, ISSUE_SERVICE_TOKEN, LOG_IN
from tests.support.rotating import roll_out

EXAMPLE = ROOT / "docs" / "verify-elsewhere"
ISSUER = "https://users.example.com"
GIVEN = {"UsersIssuer": ISSUER, "UsersAudience": "users"}
# the algorithms that it takes at present
RSA = ["RS256", "RS384", "RS512"]

# the claims of a token that it lets through, else None
Authorizer = Callable[[str], Mapping[str, Any] | None]


@pytest.fixture
def api(stack: Deployment, fleet: Fleet) -> Api:
    """The users service, which signs with RSA and has an address as its issuer."""
    roll_out(fleet, {"SigningAlgorithm": "RS256", "Issuer": ISSUER})
    fleet.stand_by("LogIn")
    return Api(stack.gateway(fleet))


@pytest.fixture
def definition(monkeypatch: pytest.MonkeyPatch) -> Mapping[str, Any]:
    """The OpenAPI document that CloudFormation is given for the example's API."""
    monkeypatch.setenv("AWS_DEFAULT_REGION", "eu-central-1")
    template = yaml_parse((EXAMPLE / "jwt-authorizer.yaml").read_text(encoding="utf-8"))
    # as uploaded
    template["Resources"]["Hello"]["Properties"]["CodeUri"] = "s3://bucket/hello.zip"
    expanded = transform(template, GIVEN, NoManagedPolicies())
    body: Mapping[str, Any] = expanded["Resources"]["Api"]["Properties"]["Body"]
    return body


@pytest.fixture
def authorizer(api: Api, definition: Mapping[str, Any], clock: Clock) -> Authorizer:
    """What API Gateway does with a token, going by the example's definition."""
    scheme = definition["components"]["securitySchemes"]["UsersService"]
    configuration = scheme["x-amazon-apigateway-authorizer"]["jwtConfiguration"]
    issuer = GIVEN[configuration["issuer"]["Ref"]]
    audience = [GIVEN[item["Ref"]] for item in configuration["audience"]]

    def fetch(url: str) -> Any:  # noqa: ANN401 - JSON
        assert url.startswith(f"{issuer}/")
        return api.call("GET", url.removeprefix(issuer)).json

    def authorize(token: str) -> Mapping[str, Any] | None:
        found = fetch(issuer + DISCOVERY.path)
        assert found["issuer"] == issuer
        keys = KeySet.import_key_set(fetch(found["jwks_uri"]))
        if "kid" not in Forge(token).header:
            return None
        try:
            claims = jwt.decode(token, keys, algorithms=RSA).claims
        except (JoseError, ValueError):
            return None
        now = clock.time.timestamp()
        good = (
            claims["iss"] == issuer
            and claims["aud"] in audience
            and claims["exp"] > now
            and max(claims["nbf"], claims["iat"]) <= now
        )
        return claims if good else None

    return authorize


def _as_text(claims: Mapping[str, Any]) -> Mapping[str, str]:
    """Return the claims as API Gateway hands them on."""
    return {
        name: f"[{' '.join(value)}]" if isinstance(value, list) else str(value)
        for name, value in claims.items()
    }


def _hello(claims: Mapping[str, Any]) -> Mapping[str, Any]:
    handler = runpy.run_path(str(EXAMPLE / "greeting" / "greeting.py"))["handler"]
    event = {"requestContext": {"authorizer": {"jwt": {"claims": _as_text(claims)}}}}
    answer: Mapping[str, Any] = handler(event, None)
    return answer


def _signed_in(api: Api, person: Person) -> str:
    token: str = api.call(*LOG_IN.at(), json=dict(person.credentials)).json["access_token"]
    return token


def test_every_route_asks_the_authorizer_with_the_header(definition: Mapping[str, Any]) -> None:
    scheme = definition["components"]["securitySchemes"]["UsersService"]
    operations = [o for path in definition["paths"].values() for o in path.values()]

    assert scheme["x-amazon-apigateway-authorizer"] == {
        "type": "jwt",
        "identitySource": "$request.header.Authorization",
        "jwtConfiguration": {
            "issuer": {"Ref": "UsersIssuer"},
            "audience": [{"Ref": "UsersAudience"}],
        },
    }
    assert [operation["security"] for operation in operations] == [[{"UsersService": []}]]


def test_person_is_let_through_and_greeted(
    api: Api, authorizer: Authorizer, alice: Person, admin: Person
) -> None:
    claims, of_admin = (authorizer(_signed_in(api, person)) for person in (alice, admin))

    assert claims is not None
    assert of_admin is not None
    assert of_admin["permissions"] == ["*"]
    assert _hello(claims) == {"message": f"Hello, user {alice.id}", "role": "read_only"}
    assert _hello(of_admin)["role"] == "administrator"
    assert _hello({**claims, "permissions": ["other:thing"]}) == {"statusCode": 403}
    assert _hello({**claims, "permissions": []}) == {"statusCode": 403}


def test_token_of_before_is_refused_for_its_algorithm(
    authorizer: Authorizer, alice: Person
) -> None:
    assert Forge(alice.token).header["alg"] == "ES256"

    assert authorizer(alice.token) is None


def test_bad_token_is_refused(
    api: Api, authorizer: Authorizer, alice: Person, clock: Clock
) -> None:
    forge = Forge(_signed_in(api, alice))
    bad = [
        forge.but(iss="https://other.example.com"),
        forge.but(aud="other"),
        forge.resigned(bytes(256)),
        forge.beheaded("kid"),
    ]

    assert [authorizer(token) for token in bad] == [None] * 4
    clock.advance(seconds=901)
    assert authorizer(forge.good) is None


def test_function_refuses_back_ends_whose_tokens_pass(
    api: Api, authorizer: Authorizer, admin: Person
) -> None:
    issued = api.call(
        *ISSUE_SERVICE_TOKEN.at(),
        token=_signed_in(api, admin),
        json={"email": "shop@example.com", "name": "Shop", "role": "service"},
    )

    claims = authorizer(issued.json["access_token"])

    assert claims is not None
    assert _hello({**claims, "permissions": ["content:read"]}) == {"statusCode": 403}
