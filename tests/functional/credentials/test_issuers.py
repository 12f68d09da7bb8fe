"""Whose tokens verify: those of the issuer, and of the one that it was before."""

from collections.abc import Callable
from typing import Any

import pytest

from infra.local.template.pseudo_parameters import API_ID
from tests.functional.edge.test_authorizer import event
from tests.support.answers import Answer
from tests.support.api import Api
from tests.support.deployment import Deployment
from tests.support.fleet import Fleet
from tests.support.forging import Forge
from tests.support.people import Person, claims
from tests.support.register import ANY_USERS, LIST_USERS, LOG_IN

Setting = Callable[..., None]

ADDRESS = "https://users.example.com"
OF_API = "https://{api}.execute-api.us-east-1.amazonaws.com"


def _who_am_i(api: Api, token: str) -> Answer:
    return api.call(*ANY_USERS.at(), token=token)


@pytest.mark.parametrize("issuer", [ADDRESS, OF_API])
def test_tokens_of_before_verify_after_the_issuer_was_changed(
    api: Api, alice: Person, web_backend: str, setting: Setting, issuer: str
) -> None:
    setting(ISSUER=issuer)

    assert _who_am_i(api, alice.token).status == 200
    assert api.call(*LIST_USERS.at(), token=web_backend).status == 200
    assert claims(alice.sign_in().token)["iss"] == issuer.format(api=API_ID)
    assert _who_am_i(api, alice.sign_in().token).status == 200


def test_former_issuer_may_be_another_than_the_first(
    api: Api, alice: Person, setting: Setting
) -> None:
    setting(ISSUER=ADDRESS)
    old = alice.sign_in().token

    setting(ISSUER="https://accounts.example.com")
    assert _who_am_i(api, old).code == "token_invalid"

    setting(FORMER_ISSUER=ADDRESS)
    assert _who_am_i(api, old).status == 200


@pytest.mark.parametrize(
    "issuer", [OF_API, "https://other.execute-api.us-east-1.amazonaws.com", f"{ADDRESS}/", ""]
)
def test_no_other_issuers_tokens_verify(
    api: Api, alice: Person, setting: Setting, issuer: str
) -> None:
    setting(ISSUER=OF_API, FORMER_ISSUER=ADDRESS)

    assert _who_am_i(api, Forge(alice.token).but(iss=issuer)).code == "token_invalid"


def test_token_of_another_api_before_the_same_functions_is_refused(
    stack: Deployment, alice: Person, setting: Setting
) -> None:
    setting(ISSUER=OF_API)
    token = alice.sign_in().token

    def called_through(api_id: str) -> object:
        request: dict[str, Any] = event({"authorization": f"Bearer {token}"})
        request["requestContext"]["apiId"] = api_id
        return Answer.of(stack.invoke("AnyUsers", request)).status

    assert [called_through(api_id) for api_id in (API_ID, "another", "")] == [200, 401, 401]


def test_authorizer_of_other_apis_knows_the_issuer_that_log_in_is_told_with_each_call(
    stack: Deployment, alice: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    fleet = Fleet(stack)
    monkeypatch.setattr("accounts.settings.current", fleet.current)
    for _ in fleet.update({"Issuer": "ApiUrl"}, lambda function: function.logical_id):
        pass
    pair = Api(stack.gateway(fleet)).call(*LOG_IN.at(), json=dict(alice.credentials)).json

    decision: Any = fleet(
        "VerifySession", event({"authorization": f"Bearer {pair['access_token']}"})
    )

    assert claims(pair["access_token"])["iss"] == OF_API.format(api=API_ID)
    assert decision["isAuthorized"] is True
