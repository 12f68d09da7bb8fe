"""Signing with a key pair that KMS seals in place of a key in KMS: the change, there and back."""

from collections.abc import Mapping
from dataclasses import replace

import pytest

from infra.manage import rotation
from tests.support.api import Api
from tests.support.clocks import Clock
from tests.support.deployment import Deployment
from tests.support.fleet import Fleet, Order
from tests.support.people import Person
from tests.support.register import REFRESH
from tests.support.rotating import (
    ORDERS,
    Traffic,
    holding,
    kid_of,
    kids,
    logging_in,
    refreshing,
    roll_out,
    spread,
    visitors,
    who_am_i,
)

# the runbook
PUBLISH_BOTH = {"SigningMode": "kms", "PublishBothSigningKeys": "modes"}
SIGN_CACHED = {"SigningMode": "cached", "PublishBothSigningKeys": "modes"}
DROP_KMS = {"SigningMode": "cached", "PublishBothSigningKeys": "false"}
BACK_IN_KMS = {"SigningMode": "kms", "PublishBothSigningKeys": "modes"}
DROP_PAIR = {"SigningMode": "kms", "PublishBothSigningKeys": "false"}
LIFE_SECONDS = 900 + 30
MAY_SIGN = ("kms:Sign", "kms:Decrypt")


@pytest.fixture
def api(stack: Deployment, fleet: Fleet) -> Api:
    """The API of that fleet."""
    return Api(stack.gateway(fleet))


@pytest.mark.parametrize("algorithm", ["ES256", "RS256"])
@pytest.mark.parametrize("order", ORDERS)
def test_change_of_mode_there_and_back_refuses_nobody_however_the_update_spreads(
    fleet: Fleet, api: Api, clock: Clock, order: Order, algorithm: str
) -> None:
    of_both = {"SigningAlgorithm": algorithm}
    roll_out(fleet, of_both)
    first, second, third = visitors(api)
    comers_and_goers = logging_in(first), refreshing(second)

    for begin, move, drop in (
        (PUBLISH_BOTH, SIGN_CACHED, DROP_KMS),
        (SIGN_CACHED, BACK_IN_KMS, DROP_PAIR),
    ):
        third = third.sign_in()
        overlap = Traffic((*comers_and_goers, holding(third)))
        with overlap.flowing():
            spread(fleet, {**begin, **of_both}, order, overlap)
            spread(fleet, {**move, **of_both}, order, overlap)
        clock.advance(seconds=LIFE_SECONDS)
        afterwards = Traffic(comers_and_goers)
        with afterwards.flowing():
            spread(fleet, {**drop, **of_both}, order, afterwards)

        assert overlap.refusals == []
        assert afterwards.refusals == []
        assert kid_of(third.token) not in kids(api)


def _may_sign(fleet: Fleet) -> bool:
    """Return whether log-ins may sign with the key, or open the pair, that they sign with now."""
    allowed = {arn for action, arn in fleet.permissions("LogIn") if action in MAY_SIGN}
    return fleet.signing_key_arn() in allowed


def _of_keys(parameters: Mapping[str, str]) -> Mapping[str, str]:
    names = {"ActiveSigningKey", *PUBLISH_BOTH}
    return {name: value for name, value in parameters.items() if name in names}


@pytest.mark.parametrize("order", ORDERS)
@pytest.mark.parametrize("begin", [DROP_KMS, SIGN_CACHED, PUBLISH_BOTH], ids=str)
def test_emergency_rotation_takes_no_key_from_who_signs_and_ends_tokens_but_no_session(
    fleet: Fleet, api: Api, alice: Person, order: Order, begin: Mapping[str, str]
) -> None:
    roll_out(fleet, begin)
    alice = replace(alice.sign_in(), api=api)
    now = dict(fleet.template.values)

    for changes in rotation.updates(now, "B"):
        now |= changes
        assert all(_may_sign(fleet) for _ in fleet.update(_of_keys(now), order))

    refused = who_am_i(api, alice.token)
    pair = api.call(*REFRESH.at(), json={"refresh_token": alice.refresh_token})
    assert (refused.status, refused.code) == (401, "token_invalid")
    assert who_am_i(api, pair.json["access_token"]).status == 200
    assert kids(api) == [kid_of(pair.json["access_token"])] != [kid_of(alice.token)]


def test_pair_that_signs_again_after_it_was_dropped_is_a_new_one(
    fleet: Fleet, api: Api, alice: Person
) -> None:
    seen: list[str] = []
    for key in ("A", "B", "A"):
        roll_out(
            fleet,
            {**DROP_KMS, "PublishBothSigningKeys": "true", "ActiveSigningKey": key},
            {**DROP_KMS, "ActiveSigningKey": key},
        )
        seen += kids(api)
        assert kid_of(alice.sign_in().token) == seen[-1]

    assert len(set(seen)) == 3
