"""What people may not do to their own account, where the deployment leaves it to administrators."""

from collections.abc import Callable

import pytest

from tests.support.aws_calls import AwsCalls
from tests.support.endpoint import Endpoint
from tests.support.people import Person
from tests.support.register import (
    ANY_USERS,
    CHANGE_OWN_EMAIL,
    DELETE_OWN_ACCOUNT,
    UPDATE_OWN_ACCOUNT,
)
from tests.support.scene import Scene

Setting = Callable[..., None]
SWITCHES = {
    "OWN_PROFILE": UPDATE_OWN_ACCOUNT,
    "OWN_EMAIL": CHANGE_OWN_EMAIL,
    "OWN_DELETION": DELETE_OWN_ACCOUNT,
}


@pytest.mark.parametrize("switch", SWITCHES)
def test_what_is_switched_off_is_refused_and_the_rest_goes_on(
    scene: Scene, setting: Setting, switch: str
) -> None:
    setting(**{switch: "false"})

    answers = {name: endpoint.call(scene) for name, endpoint in _last_deletion()}

    refused = answers.pop(switch)
    assert (refused.status, refused.code) == (403, "own_changes_off")
    assert all(answer.status < 300 for answer in answers.values())


@pytest.mark.parametrize("switch", SWITCHES)
def test_nothing_is_changed_by_who_is_refused(
    scene: Scene, alice: Person, setting: Setting, aws_calls: AwsCalls, switch: str
) -> None:
    setting(**{switch: "false"})
    before = alice.account.serialize()

    made = len(aws_calls.made)

    SWITCHES[switch].call(scene)

    assert {call.operation for call in aws_calls.made[made:]} == {"GetItem"}
    assert alice.account.serialize() == before
    assert ANY_USERS.call(scene).status == 200


def _last_deletion() -> list[tuple[str, Endpoint]]:
    # nobody is left to call the others afterwards
    return sorted(SWITCHES.items(), key=lambda item: item[1] is DELETE_OWN_ACCOUNT)
