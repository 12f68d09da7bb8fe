"""Rotating the key that signs access tokens, step by step, while people use the service."""

import socket
from collections.abc import Mapping

import pytest
from joserfc import jwt
from joserfc.jwk import ECKey, KeySet

from infra.manage import rotation
from tests.support.answers import Answer
from tests.support.api import Api
from tests.support.clocks import Clock
from tests.support.deployment import Deployment
from tests.support.fleet import Fleet, Order
from tests.support.forging import Forge
from tests.support.people import Person
from tests.support.register import JWKS, LIST_USERS, REFRESH
from tests.support.rotating import (
    ORDERS,
    SIGNERS,
    Traffic,
    holding,
    kid_of,
    kids,
    logging_in,
    published,
    refreshing,
    roll_out,
    signers_last,
    signs_tokens_with,
    spread,
    visitors,
    who_am_i,
)

# the runbook; a stack begins with key A alone
PUBLISH_BOTH = {"ActiveSigningKey": "A", "PublishBothSigningKeys": "true"}
SIGN_WITH_B = {"ActiveSigningKey": "B", "PublishBothSigningKeys": "true"}
DROP_A = {"ActiveSigningKey": "B", "PublishBothSigningKeys": "false"}
# an access token's life and the difference between clocks that is allowed for
LIFE_SECONDS = 900 + 30


@pytest.fixture
def api(stack: Deployment, fleet: Fleet) -> Api:
    """The API of that fleet."""
    return Api(stack.gateway(fleet))


@pytest.mark.parametrize("order", ORDERS)
def test_rotation_refuses_no_valid_token_however_the_update_spreads(
    fleet: Fleet, api: Api, clock: Clock, order: Order
) -> None:
    first, second, third = visitors(api)
    comers_and_goers = logging_in(first), refreshing(second)
    overlap = Traffic((*comers_and_goers, holding(third)))
    afterwards = Traffic(comers_and_goers)

    with overlap.flowing():
        spread(fleet, PUBLISH_BOTH, order, overlap)
        spread(fleet, SIGN_WITH_B, order, overlap)
    clock.advance(seconds=LIFE_SECONDS)
    with afterwards.flowing():
        spread(fleet, DROP_A, order, afterwards)

    assert overlap.refusals == []
    assert afterwards.refusals == []
    assert kid_of(third.token) not in kids(api)


def _may_sign(fleet: Fleet) -> bool:
    """Return whether log-ins may sign with the key that they sign with at this moment."""
    return ("kms:Sign", fleet.signing_key_arn()) in fleet.permissions("LogIn")


@pytest.mark.parametrize("order", ORDERS)
def test_emergency_rotation_takes_no_key_from_who_signs_with_it(fleet: Fleet, order: Order) -> None:
    now = {**fleet.template.values, "TrafficShift": "Linear10PercentEvery3Minutes"}
    spoilt = fleet.signing_key_arn()

    for changes in rotation.updates(now, "B"):
        now |= changes
        keys = {name: now[name] for name in DROP_A}
        assert all(_may_sign(fleet) for _ in fleet.update(keys, order))

    assert fleet.signing_key_arn() != spoilt
    assert {name: now[name] for name in DROP_A} == DROP_A


def test_taking_the_key_away_in_one_step_stops_who_still_signs_with_it(fleet: Fleet) -> None:
    assert not all(_may_sign(fleet) for _ in fleet.update(DROP_A, signers_last))


@pytest.mark.parametrize("order", ORDERS)
def test_emergency_rotation_ends_tokens_and_no_session(
    fleet: Fleet, api: Api, alice: Person, order: Order
) -> None:
    for changes in rotation.updates(fleet.template.values, "B"):
        if "PublishBothSigningKeys" in changes:
            roll_out(fleet, {"ActiveSigningKey": "B", **_of_keys(changes)}, order=order)

    refused = who_am_i(api, alice.token)
    pair = api.call(*REFRESH.at(), json={"refresh_token": alice.refresh_token})

    assert (refused.status, refused.code) == (401, "token_invalid")
    assert who_am_i(api, pair.json["access_token"]).status == 200


def test_emergency_rotation_amid_a_change_of_algorithm_leaves_one_key(fleet: Fleet) -> None:
    now = {
        **fleet.template.values,
        "SigningAlgorithm": "RS256",
        "PublishBothSigningKeys": "algorithms",
    }
    roll_out(fleet, _of_keys(now))
    spoilt = {key.logical_id for key in fleet.template.kms_keys()}

    for changes in rotation.updates(now, "B"):
        now |= changes
        assert all(_may_sign(fleet) for _ in fleet.update(_of_keys(now), signers_last))

    left = {key.logical_id for key in fleet.template.kms_keys()} - spoilt
    assert left == {"RsaSigningKeyB"}
    assert "RsaSigningKeyA" in spoilt
    assert not {"SigningKeyA", "RsaSigningKeyA"} & set(fleet.resources)


def _of_keys(parameters: Mapping[str, str]) -> Mapping[str, str]:
    names = {*DROP_A, "SigningAlgorithm"}
    return {name: value for name, value in parameters.items() if name in names}


@pytest.mark.parametrize("order", ORDERS)
def test_without_publishing_both_keys_first_valid_tokens_are_refused(
    fleet: Fleet, api: Api, order: Order
) -> None:
    first, second, third = visitors(api)
    traffic = Traffic((logging_in(first), refreshing(second), holding(third)))

    with traffic.flowing():
        spread(fleet, DROP_A, order, traffic)

    assert {(refusal.status, refusal.code) for refusal in traffic.refusals} == {
        (401, "token_invalid")
    }


def test_published_are_one_key_then_both_then_the_other(fleet: Fleet, api: Api) -> None:
    seen = [kids(api)]
    for stage in (PUBLISH_BOTH, SIGN_WITH_B, DROP_A):
        roll_out(fleet, stage)
        seen.append(kids(api))

    ((a,), both, still_both, (b,)) = seen
    assert a != b
    assert both == still_both == [a, b]


def test_each_published_key_is_public_and_named_by_its_thumbprint(fleet: Fleet, api: Api) -> None:
    roll_out(fleet, PUBLISH_BOTH)

    keys = published(api)

    assert len(keys) == 2
    for key in keys:
        assert set(key) == {"kty", "crv", "x", "y", "alg", "use", "kid"}
        assert (key["alg"], key["use"]) == ("ES256", "sig")
        assert key["kid"] == ECKey.import_key(dict(key)).thumbprint()


def test_signing_changes_with_the_second_step_only(fleet: Fleet, api: Api, alice: Person) -> None:
    a = kid_of(alice.token)

    roll_out(fleet, PUBLISH_BOTH)
    assert kid_of(alice.sign_in().token) == a

    roll_out(fleet, SIGN_WITH_B)
    assert kid_of(alice.sign_in().token) in set(kids(api)) - {a}


def test_who_knows_the_keys_of_the_step_before_can_verify_every_new_token(
    fleet: Fleet, api: Api, alice: Person
) -> None:
    for stage in (PUBLISH_BOTH, SIGN_WITH_B, DROP_A):
        known = KeySet.import_key_set(api.call(*JWKS.at()).json)
        roll_out(fleet, stage)

        token = jwt.decode(alice.sign_in().token, known, algorithms=["ES256"])

        assert token.claims["sub"] == str(alice.id)


def test_token_of_the_old_key_is_good_until_it_expires(
    fleet: Fleet, api: Api, clock: Clock, alice: Person
) -> None:
    old = alice.sign_in().token
    roll_out(fleet, PUBLISH_BOTH, SIGN_WITH_B)

    clock.advance(seconds=LIFE_SECONDS - 1)
    assert who_am_i(api, old).status == 200

    clock.advance(seconds=1)
    assert who_am_i(api, old).code == "token_expired"


def test_token_of_a_dropped_key_is_refused_and_its_session_goes_on(
    fleet: Fleet, api: Api, alice: Person
) -> None:
    roll_out(fleet, PUBLISH_BOTH, SIGN_WITH_B, DROP_A)

    refused = who_am_i(api, alice.token)
    pair = api.call(*REFRESH.at(), json={"refresh_token": alice.refresh_token})

    assert (refused.status, refused.code) == (401, "token_invalid")
    assert who_am_i(api, pair.json["access_token"]).status == 200


def test_service_token_of_a_dropped_key_is_refused_and_has_to_be_issued_anew(
    fleet: Fleet, api: Api, web_backend: str
) -> None:
    def ask(token: str) -> Answer:
        return api.call(*LIST_USERS.at(), token=token)

    roll_out(fleet, PUBLISH_BOTH, SIGN_WITH_B)
    assert ask(web_backend).status == 200

    roll_out(fleet, DROP_A)
    assert (ask(web_backend).status, ask(web_backend).code) == (401, "token_invalid")


def test_key_that_signs_again_after_it_was_dropped_is_a_new_one(
    fleet: Fleet, api: Api, alice: Person
) -> None:
    a = kid_of(alice.token)
    roll_out(fleet, PUBLISH_BOTH, SIGN_WITH_B, DROP_A)
    (b,) = kids(api)

    roll_out(fleet, SIGN_WITH_B)

    assert b in kids(api)
    assert a not in kids(api)
    assert len(kids(api)) == 2
    assert who_am_i(api, alice.token).code == "token_invalid"


def test_only_those_who_issue_tokens_may_sign_and_with_published_keys_only(fleet: Fleet) -> None:
    functions = [function.logical_id for function in fleet.template.functions(fleet.resources)]
    for stage in (PUBLISH_BOTH, SIGN_WITH_B, DROP_A):
        roll_out(fleet, stage)
        keys = {fleet.resources[key.logical_id]["Arn"] for key in fleet.template.kms_keys()}

        for function in functions:
            usable = signs_tokens_with(fleet, function)
            if function in SIGNERS:
                assert fleet.signing_key_arn() in usable
                assert usable < keys
            else:
                assert usable == set()


@pytest.mark.parametrize(
    "header",
    [
        {"kid": "unknown"},
        {"kid": "https://keys.example.com/1"},
        {"kid": "unknown", "jku": "https://keys.example.com/jwks.json"},
        {"kid": "unknown", "x5u": "https://keys.example.com/chain.pem"},
    ],
    ids=str,
)
def test_unknown_key_is_refused_and_nobody_is_asked_for_it(
    api: Api, alice: Person, monkeypatch: pytest.MonkeyPatch, header: Mapping[str, str]
) -> None:
    forge = Forge(alice.token)
    # signed by us, for all that
    token = forge.signed(header={**forge.header, **header})
    asked: list[object] = []
    for name in ("connect", "connect_ex", "sendto"):
        monkeypatch.setattr(socket.socket, name, lambda _, *where: asked.append(where))
    monkeypatch.setattr(socket, "getaddrinfo", lambda *where, **_: asked.append(where))

    answers = [who_am_i(api, token) for _ in range(3)]

    assert {(answer.status, answer.code) for answer in answers} == {(401, "token_invalid")}
    assert asked == []
