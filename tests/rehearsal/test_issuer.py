"""Whose tokens are signed and verified, on a stack that runs and becomes another issuer."""

from collections.abc import Mapping

import pytest

from infra.local.template.pseudo_parameters import ACCOUNT_ID, REGION
from tests.support.rehearsal.rehearsal import Rehearsal

pytestmark = pytest.mark.rehearsal

CERTIFICATE = f"arn:aws:acm:{REGION}:{ACCOUNT_ID}:certificate/12345678"
DOMAIN = {"DomainName": "users.example.com", "CertificateArn": CERTIFICATE}
# which other APIs call, so that it is not told with each call whose function it is
AUTHORIZER = "VerifySession"


def _told(rehearsal: Rehearsal) -> tuple[set[str], str]:
    """Return the issuer in the functions of the API, and in the authorizer of others."""
    environments = dict(rehearsal.live().environments)
    of_authorizer = environments.pop(AUTHORIZER)["ISSUER"]
    return {environment["ISSUER"] for environment in environments.values()}, of_authorizer


def _former(rehearsal: Rehearsal) -> set[str]:
    return {of["FORMER_ISSUER"] for of in rehearsal.live().environments.values()}


def _urn(rehearsal: Rehearsal) -> str:
    stack = rehearsal.live().environments[AUTHORIZER]["POWERTOOLS_SERVICE_NAME"]
    return f"urn:users:{ACCOUNT_ID}:{REGION}:{stack}"


def test_api_becomes_the_issuer_and_tokens_of_the_urn_verify_on(deployed: Rehearsal) -> None:
    urn, before = _urn(deployed), deployed.live()
    assert _told(deployed) == ({urn}, urn)
    api = dict(deployed.stack.resources)["Api"]

    deployed.deploy(Issuer="ApiUrl")

    of_functions, of_authorizer = _told(deployed)
    assert of_functions == {f"https://{{api}}.execute-api.{REGION}.amazonaws.com"}
    (address,) = of_functions
    assert of_authorizer == address.format(api=deployed.id("Api"))
    assert deployed.stack.resources["Api"] is api
    assert _former(deployed) == {urn}
    assert deployed.live().moved_since(before) == set(before.versions)


def test_name_of_its_own_becomes_the_issuer(deployed: Rehearsal) -> None:
    deployed.deploy(**DOMAIN)

    assert _told(deployed) == ({"https://users.example.com"}, "https://users.example.com")
    assert _former(deployed) == {_urn(deployed)}


@pytest.mark.parametrize("given", [{}, {"Issuer": "ApiUrl"}], ids=str)
def test_name_of_its_own_is_the_apis_address(deployed: Rehearsal, given: Mapping[str, str]) -> None:
    deployed.deploy(**DOMAIN, **given)

    assert _told(deployed) == ({"https://users.example.com"}, "https://users.example.com")


def test_issuer_that_is_given_goes_before_the_name(deployed: Rehearsal) -> None:
    deployed.deploy(**DOMAIN, Issuer="urn:example:users", FormerIssuer="https://old.example.com")

    assert _told(deployed) == ({"urn:example:users"}, "urn:example:users")
    assert _former(deployed) == {"https://old.example.com"}
