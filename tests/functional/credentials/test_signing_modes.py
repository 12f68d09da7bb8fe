"""Signing with a key pair that KMS seals in place of a key in KMS: the change, there and back."""

import pytest

from tests.support.api import Api
from tests.support.clocks import Clock
from tests.support.deployment import Deployment
from tests.support.fleet import Fleet, Order
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
)

# the runbook
PUBLISH_BOTH = {"SigningMode": "kms", "PublishBothSigningKeys": "modes"}
SIGN_CACHED = {"SigningMode": "cached", "PublishBothSigningKeys": "modes"}
DROP_KMS = {"SigningMode": "cached", "PublishBothSigningKeys": "false"}
BACK_IN_KMS = {"SigningMode": "kms", "PublishBothSigningKeys": "modes"}
DROP_PAIR = {"SigningMode": "kms", "PublishBothSigningKeys": "false"}
LIFE_SECONDS = 900 + 30


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
