"""Roles that demand a second factor: by who saves them, and by the deployment."""

import pytest

from accounts.access import fixed_demands
from accounts.access.fixed_demands import SecondFactorForError
from accounts.storage import audit
from accounts.storage.tables import Role
from tests.support.aws_calls import AwsCalls
from tests.support.clocks import Clock
from tests.support.deployment import Deployment
from tests.support.desk import BeforeWrite, Desk, events, who_am_i
from tests.support.people import Person

FIXED = [{"field": "second_factor", "message": "Is demanded by the deployment"}]
NOT_FOR_BACK_ENDS = [{"field": "second_factor", "message": "Back-ends have none"}]


def demands(desk: Desk, name: str) -> bool:
    """Say whether the list of roles says that this one demands a second factor."""
    (role,) = [role for role in desk.roles().json["roles"] if role["name"] == name]
    return role["second_factor"] is True


def test_role_demands_a_second_factor_once_that_is_said(desk: Desk) -> None:
    desk.save_role("gardener", "garden:write")

    answer = desk.save_role("gardener", "garden:write", second_factor=True)

    assert (answer.status, answer.json["second_factor"]) == (200, True)
    assert demands(desk, "gardener")


def test_saying_nothing_of_it_leaves_it_as_it_is(desk: Desk) -> None:
    desk.save_role("gardener", "garden:write", second_factor=True)

    answer = desk.save_role("gardener", "garden:read", en="Other")

    assert answer.json["second_factor"] is True
    assert demands(desk, "gardener")


def test_demand_can_be_taken_back(desk: Desk) -> None:
    desk.save_role("gardener", "garden:write", second_factor=True)

    assert desk.save_role("gardener", "garden:write", second_factor=False).status == 200

    assert not demands(desk, "gardener")


@pytest.mark.parametrize("value", ["true", 1, "yes", [], {}])
def test_demand_is_yes_or_no(desk: Desk, stack: Deployment, value: object) -> None:
    with stack.unchanged():
        answer = desk.save_role("gardener", second_factor=value)

    assert answer.status == 422
    assert [detail["field"] for detail in answer.json["details"]] == ["second_factor"]


def test_demand_is_on_record_with_who_made_it(desk: Desk, admin: Person, clock: Clock) -> None:
    for demanded in (True, True, False):
        desk.save_role("gardener", second_factor=demanded)
        clock.advance(seconds=1)

    saved = [event for event in events(admin.id) if event.what == "role_saved"]
    assert [event.details for event in saved] == [
        {"role": "gardener", "second_factor": "demanded"},
        {"role": "gardener"},
        {"role": "gardener", "second_factor": "no longer demanded"},
    ]


@pytest.mark.parametrize("name", ["service", "shop"])
def test_back_ends_cannot_be_asked_for_one(desk: Desk, stack: Deployment, name: str) -> None:
    desk.save_role("shop", "users:read", back_end=True)

    with stack.unchanged():
        answer = desk.save_role(name, "users:read", second_factor=True)

    assert (answer.status, answer.json["details"]) == (422, NOT_FOR_BACK_ENDS)


def test_role_that_demands_one_does_not_go_over_to_back_ends(desk: Desk, stack: Deployment) -> None:
    desk.save_role("gardener", second_factor=True)

    with stack.unchanged():
        answer = desk.save_role("gardener", back_end=True)

    assert (answer.status, answer.json["details"]) == (422, NOT_FOR_BACK_ENDS)
    assert desk.save_role("gardener", back_end=True, second_factor=False).status == 200


def test_demand_made_meanwhile_is_not_undone_by_who_says_nothing_of_it(
    desk: Desk, before_write: BeforeWrite
) -> None:
    desk.save_role("gardener", "garden:write")
    before_write(lambda: desk.save_role("gardener", "garden:write", second_factor=True))

    answer = desk.save_role("gardener", "garden:write", en="Other")

    assert answer.json["second_factor"] is True
    assert demands(desk, "gardener")


def test_role_does_not_go_over_to_back_ends_while_one_is_demanded(
    desk: Desk, before_write: BeforeWrite
) -> None:
    desk.save_role("gardener", "garden:write")
    before_write(lambda: desk.save_role("gardener", "garden:write", second_factor=True))

    answer = desk.save_role("gardener", "garden:write", back_end=True)

    assert (answer.status, answer.json["details"]) == (422, NOT_FOR_BACK_ENDS)
    assert not Role.get("gardener").back_end


def test_sessions_go_on_when_their_role_begins_to_demand_one(desk: Desk, admin: Person) -> None:
    assert desk.save_role("administrator", "*", second_factor=True).status == 200

    # so that who made the demand can take it back, whoever has a factor
    assert who_am_i(admin).status == 200
    assert desk.save_role("administrator", "*", second_factor=False).status == 200


def test_deployments_demand_cannot_be_taken_back_by_editing(desk: Desk, stack: Deployment) -> None:
    fixed_demands.fix({"administrator"})

    with stack.unchanged():
        answer = desk.save_role("administrator", "*", second_factor=False)

    assert (answer.status, answer.json["details"]) == (422, FIXED)
    assert demands(desk, "administrator")


@pytest.mark.parametrize("said", [None, True])
def test_role_can_be_edited_under_the_deployments_demand(desk: Desk, said: bool | None) -> None:
    fixed_demands.fix({"methodist"})

    answer = desk.save_role("methodist", "content:read", second_factor=said)

    assert (answer.status, answer.json["second_factor"]) == (200, True)
    fixed_demands.fix(())
    assert demands(desk, "methodist") == bool(said)


def test_deployments_demand_made_meanwhile_is_seen(desk: Desk, before_write: BeforeWrite) -> None:
    before_write(lambda: fixed_demands.fix({"methodist"}))

    answer = desk.save_role("methodist", "content:read", second_factor=False)

    assert (answer.status, answer.json["details"]) == (422, FIXED)


def test_role_that_the_deployment_names_stays(desk: Desk, stack: Deployment) -> None:
    desk.save_role("gardener")
    fixed_demands.fix({"gardener"})

    with stack.unchanged():
        answer = desk.delete_role("gardener")

    assert (answer.status, answer.code) == (409, "role_in_use")
    fixed_demands.fix(())
    assert desk.delete_role("gardener").status == 204


def test_role_that_the_deployment_names_meanwhile_stays(
    desk: Desk, before_write: BeforeWrite
) -> None:
    desk.save_role("gardener")
    before_write(lambda: fixed_demands.fix({"gardener"}))

    assert desk.delete_role("gardener").code == "role_in_use"


def test_deployment_that_says_the_same_changes_nothing(stack: Deployment) -> None:
    fixed_demands.fix({"methodist"})

    with stack.unchanged():
        fixed_demands.fix({"methodist"})


@pytest.mark.parametrize("name", ["gardener", "service", "Administrator", ""])
def test_deployment_names_roles_of_people_only(stack: Deployment, name: str) -> None:
    with stack.unchanged(), pytest.raises(SecondFactorForError, match=f"^{name}$"):
        fixed_demands.fix({"administrator", name})


def test_deployments_demand_is_on_record(stack: Deployment, clock: Clock) -> None:
    fixed_demands.fix({"methodist"})
    clock.advance(seconds=1)
    fixed_demands.fix(())

    assert [event.details for event in events(audit.NOBODY)] == [
        {"role": "methodist", "second_factor_fixed": "yes"},
        {"role": "methodist", "second_factor_fixed": "no"},
    ]


@pytest.mark.parametrize("call", [2, 3], ids=["before it is read again", "before it is written"])
def test_role_that_goes_over_to_back_ends_meanwhile_is_not_demanded_of(
    desk: Desk, aws_calls: AwsCalls, call: int
) -> None:
    desk.save_role("gardener")
    aws_calls.forget()
    aws_calls.before(call, lambda: desk.save_role("gardener", back_end=True))
    aws_calls.function = "PrepareStack"

    with pytest.raises(SecondFactorForError, match=r"^gardener$"):
        fixed_demands.fix({"gardener"})

    aws_calls.function = ""
    assert not Role.get("gardener").second_factor_fixed
