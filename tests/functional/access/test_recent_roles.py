"""What new tokens say of a role: as it is, or was some seconds ago; never what decides a call."""

from collections.abc import Callable

import pytest

from accounts.storage.tables import Role
from tests.support import people
from tests.support.answers import Answer
from tests.support.aws_calls import AwsCalls
from tests.support.clocks import Clock
from tests.support.desk import Desk, log_in, refresh
from tests.support.people import Person

ROLE_CACHE_SECONDS = 30
NEW = ["content:read", "garden:read"]
WAYS: dict[str, Callable[[Person], Answer]] = {"log-in": log_in, "refresh": refresh}


@pytest.fixture(params=WAYS)
def permissions(request: pytest.FixtureRequest) -> Callable[[Person], object]:
    """What a new token permits, got in either way."""

    def permitted(person: Person) -> object:
        answer = WAYS[request.param](person)
        assert answer.status == 200, answer
        return people.claims(answer.json["access_token"])["permissions"]

    return permitted


def test_change_of_a_role_is_in_new_tokens_after_half_a_minute(
    alice: Person, clock: Clock, permissions: Callable[[Person], object]
) -> None:
    assert permissions(alice) == ["content:read"]
    laptop = alice.sign_in()
    Role("read_only").update([Role.permissions.set(NEW)])
    clock.advance(seconds=ROLE_CACHE_SECONDS - 1)

    assert permissions(laptop) == ["content:read"]
    laptop = alice.sign_in()
    clock.advance(seconds=1)
    assert permissions(laptop) == NEW


def test_change_of_a_role_is_in_new_tokens_at_once_where_nothing_is_kept(
    alice: Person,
    clock: Clock,
    setting: Callable[..., None],
    permissions: Callable[[Person], object],
) -> None:
    setting(ROLE_CACHE_SECONDS="0")
    laptop = alice.sign_in()
    Role("read_only").update([Role.permissions.set(NEW)])

    assert permissions(laptop) == NEW


def test_role_that_comes_anew_is_read_at_once(alice: Person, desk: Desk) -> None:
    alice.sign_in()
    assert desk.save_role("gardener", "garden:read").status == 200
    assert desk.update(alice.id, role="gardener").status == 200

    said = people.claims(alice.sign_in().token)

    assert (said["role"], said["permissions"]) == ("gardener", ["garden:read"])


def test_what_decides_in_the_server_zone_is_as_of_now(desk: Desk, methodist: Person) -> None:
    own = desk.by(methodist.sign_in().token)
    assert own.list_users().status == 200
    assert desk.save_role("methodist", "content:read").status == 200

    # of a token that was made after the change, and says more than the role permits by now
    late = desk.by(methodist.sign_in().token)
    assert "users:read" in people.claims(late.token)["permissions"]
    assert late.list_users().code == own.list_users().code == "permission_missing"


def test_role_that_is_gone_is_forgotten(
    alice: Person, desk: Desk, clock: Clock, aws_calls: AwsCalls
) -> None:
    assert desk.save_role("gardener", "garden:read").status == 200
    assert desk.update(alice.id, role="gardener").status == 200
    alice.sign_in()
    assert desk.update(alice.id, role="read_only").status == 200
    assert desk.delete_role("gardener").status in (200, 204)
    clock.advance(seconds=ROLE_CACHE_SECONDS)

    read = []
    for _ in range(2):
        aws_calls.forget()
        alice.sign_in()
        (batch,) = [call for call in aws_calls.made if call.operation == "BatchGetItem"]
        read.append("gardener" in str(batch.arguments))
        clock.advance(seconds=ROLE_CACHE_SECONDS)

    assert read == [True, False]
