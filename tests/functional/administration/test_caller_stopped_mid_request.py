"""What is on its way when its caller is stopped does not undo that, nor anything after it."""

from collections.abc import Callable, Mapping

import pytest

from accounts.storage.tables import Role, User
from tests.support.answers import Answer
from tests.support.aws_calls import AwsCalls
from tests.support.desk import BeforeWrite, Desk
from tests.support.people import Person

CLERK = ("users:read", "users:update", "users:delete", "roles:write")
STOPS: Mapping[str, Mapping[str, str]] = {
    "demoted": {"role": "read_only"},
    "disabled": {"status": "disabled"},
}
ACTS: Mapping[str, Callable[[Desk, int], Answer]] = {
    "rename": lambda desk, user_id: desk.update(user_id, name="Somebody"),
    "disable": lambda desk, user_id: desk.update(user_id, status="disabled"),
    "delete": lambda desk, user_id: desk.delete(user_id),
    "save a role": lambda desk, _: desk.save_role("helper", "users:read"),
    "delete a role": lambda desk, _: desk.delete_role("helper"),
}
ENDED = (401, "session_ended")


@pytest.fixture
def clerk(desk: Desk) -> Person:
    """Somebody who may change people and roles."""
    return desk.somebody_with(*CLERK)


@pytest.mark.parametrize("stop", STOPS.values(), ids=STOPS)
@pytest.mark.parametrize("undo", [{"role": "clerk"}, {"status": "active"}, {"name": "Clerk"}])
def test_nobody_undoes_what_stops_them(
    desk: Desk,
    clerk: Person,
    before_write: BeforeWrite,
    stop: Mapping[str, str],
    undo: Mapping[str, str],
) -> None:
    # when it was sent it changed nothing; to send it all the time would have been enough
    before_write(lambda: desk.update(clerk.id, **stop))

    answer = desk.by(clerk.token).update(clerk.id, **undo)

    assert (answer.status, answer.code) == ENDED
    stored = clerk.account
    assert {name: getattr(stored, name) for name in stop} == stop


@pytest.mark.parametrize("stop", STOPS.values(), ids=STOPS)
def test_nobody_who_was_stopped_undoes_what_came_after(
    desk: Desk, clerk: Person, bob: Person, before_write: BeforeWrite, stop: Mapping[str, str]
) -> None:
    def stop_both() -> None:
        desk.update(clerk.id, **stop)
        desk.update(bob.id, status="disabled")

    before_write(stop_both)

    answer = desk.by(clerk.token).update(bob.id, status="active")

    assert (answer.status, answer.code) == ENDED
    assert bob.account.status == "disabled"


@pytest.mark.parametrize("act", ACTS.values(), ids=ACTS)
def test_nothing_is_done_for_who_was_stopped(
    desk: Desk,
    clerk: Person,
    bob: Person,
    before_write: BeforeWrite,
    act: Callable[[Desk, int], Answer],
) -> None:
    desk.save_role("helper")
    before_write(lambda: desk.end_seances(clerk.id))

    answer = act(desk.by(clerk.token), bob.id)

    assert (answer.status, answer.code) == ENDED
    stored = User.get(bob.id)
    assert (stored.name, stored.status) == (bob.name, "active")
    assert Role.get("helper").permissions == []


@pytest.mark.parametrize("number", [3, 4])
def test_nobody_gives_back_to_their_role_what_is_being_taken_from_it(
    desk: Desk, clerk: Person, aws_calls: AwsCalls, number: int
) -> None:
    # between being let in and the look at the role, and between that and the write
    aws_calls.before(number, lambda: desk.save_role("clerk", "roles:write"))

    answer = desk.by(clerk.token).save_role("clerk", *CLERK)

    assert (answer.status, answer.code) == (403, "permission_missing")
    assert Role.get("clerk").permissions == ["roles:write"]
