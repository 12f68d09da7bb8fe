"""GET /.well-known/openid-configuration."""

from collections.abc import Callable

import pytest

from infra.local.api_gateway.http_events import DOMAIN
from infra.local.template.pseudo_parameters import API_ID
from tests.support.api import Api
from tests.support.aws_calls import AwsCalls
from tests.support.people import Person, claims
from tests.support.register import DISCOVERY, JWKS

Setting = Callable[..., None]


def test_verifier_learns_the_issuer_the_address_of_the_keys_and_their_algorithm(
    api: Api, alice: Person, setting: Setting
) -> None:
    setting(ISSUER="https://users.example.com")

    answer = api.call(*DISCOVERY.at())

    assert answer.status == 200
    assert answer.json == {
        "issuer": "https://users.example.com",
        "jwks_uri": f"https://users.example.com{JWKS.path}",
        "response_types_supported": ["token"],
        "subject_types_supported": ["public"],
        "id_token_signing_alg_values_supported": ["ES256"],
    }
    assert claims(alice.sign_in().token)["iss"] == answer.json["issuer"]


@pytest.mark.parametrize(
    ("issuer", "keys"),
    [
        ("https://users.example.com/", f"https://users.example.com{JWKS.path}"),
        ("https://example.com/users", f"https://example.com/users{JWKS.path}"),
        ("http://localhost:3000", f"http://localhost:3000{JWKS.path}"),
        ("urn:users:123456789012:us-east-1:users", f"https://{DOMAIN}{JWKS.path}"),
        ("https-only", f"https://{DOMAIN}{JWKS.path}"),
    ],
)
def test_keys_are_at_the_issuers_address_or_else_at_the_apis(
    api: Api, setting: Setting, issuer: str, keys: str
) -> None:
    setting(ISSUER=issuer)

    told = api.call(*DISCOVERY.at()).json

    assert (told["issuer"], told["jwks_uri"]) == (issuer, keys)


def test_api_may_be_the_issuer_though_its_functions_are_not_told_its_id(
    api: Api, alice: Person, setting: Setting
) -> None:
    setting(ISSUER="https://{api}.execute-api.us-east-1.amazonaws.com")

    told = api.call(*DISCOVERY.at()).json

    assert told["issuer"] == f"https://{API_ID}.execute-api.us-east-1.amazonaws.com"
    assert told["jwks_uri"] == told["issuer"] + JWKS.path
    assert claims(alice.sign_in().token)["iss"] == told["issuer"]


def test_others_may_keep_it_for_ten_minutes(api: Api) -> None:
    assert api.call(*DISCOVERY.at()).headers["cache-control"] == "public, max-age=600"


def test_it_asks_nothing_of_aws(api: Api, aws_calls: AwsCalls) -> None:
    api.call(*DISCOVERY.at())

    assert aws_calls.operations == []
