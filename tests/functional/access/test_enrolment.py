"""Sessions of people who have yet to get the second factor that their role demands."""

from collections.abc import Callable

import pytest

from accounts.storage.tables import Role
from tests.support.answers import Answer
from tests.support.api import Api
from tests.support.apps import App
from tests.support.aws_calls import AwsCalls
from tests.support.clocks import Clock
from tests.support.deployment import Deployment
from tests.support.desk import Desk, log_in, refresh, who_am_i
from tests.support.email_tokens import log_in_code
from tests.support.people import Person, claims
from tests.support.register import (
    BEGIN_TOTP,
    CONFIRM_IDENTITY,
    ENABLE_TOTP,
    LOG_IN,
    LOG_IN_WITH_CODE,
    LOG_OUT,
    REFRESH,
)

# RoleCacheSeconds
ROLE_CACHE_SECONDS = 30

Ways = dict[str, Callable[[Person], Answer]]


def with_code(person: Person) -> Answer:
    challenge, code = log_in_code(person.account)
    return person.api.call(*LOG_IN_WITH_CODE.at(), json={"challenge": challenge, "code": code})


WAYS: Ways = {"password": log_in, "code": with_code}


def demand(role: str = "read_only") -> None:
    Role.get(role).update([Role.second_factor.set(True)])


def enrol(person: Person) -> None:
    """Have the person get a second factor on this device."""
    begun = person.api.call(*BEGIN_TOTP.at(), token=person.token)
    assert begun.status == 201, begun
    code = {"code": App(begun.json["secret"]).code()}
    assert person.api.call(*ENABLE_TOTP.at(), token=person.token, json=code).status == 200


@pytest.fixture
def erin(api: Api, alice: Person) -> Person:
    """A person who has signed in since their role demands a second factor, and has none."""
    demand()
    return alice.sign_in()


@pytest.mark.parametrize("way", WAYS)
def test_log_in_says_that_a_second_factor_is_required(alice: Person, way: str) -> None:
    demand()

    answer = WAYS[way](alice)

    assert (answer.status, answer.json["second_factor_required"]) == (200, True)
    assert claims(answer.json["access_token"])["permissions"] == []


@pytest.mark.parametrize("way", WAYS)
def test_log_in_says_nothing_of_it_where_none_is_demanded(alice: Person, way: str) -> None:
    answer = WAYS[way](alice)

    assert "second_factor_required" not in answer.json
    assert claims(answer.json["access_token"])["permissions"] == ["content:read"]


def test_browser_is_told_as_well(alice: Person) -> None:
    demand()

    answer = alice.api.call(
        *LOG_IN.at(), json=alice.credentials, headers={"X-Token-Delivery": "cookie"}
    )

    assert answer.json["second_factor_required"] is True
    assert "access_token" not in answer.json


def test_session_that_is_older_than_the_demand_goes_on(alice: Person) -> None:
    demand()

    assert who_am_i(alice).json["permissions"] == ["content:read"]
    assert claims(refresh(alice).json["access_token"])["permissions"] == ["content:read"]


def test_refresh_gives_no_permissions_either(erin: Person) -> None:
    first = refresh(erin)
    repeated = refresh(erin)

    assert claims(first.json["access_token"])["permissions"] == []
    assert repeated.json["access_token"] == first.json["access_token"]


def test_session_stays_so_when_the_role_demands_none_any_more(erin: Person, clock: Clock) -> None:
    Role.get("read_only").update([Role.second_factor.set(False)])
    clock.advance(seconds=ROLE_CACHE_SECONDS)

    assert who_am_i(erin).code == "second_factor_required"
    # the next log-in is another matter
    assert who_am_i(erin.sign_in()).status == 200


def test_refusal_tells_what_to_do(erin: Person) -> None:
    answer = who_am_i(erin)

    assert (answer.status, answer.code) == (403, "second_factor_required")
    assert answer.json == {"error": "Forbidden", "message": "A second factor is required"}


def test_person_can_prove_themselves_and_leave(erin: Person) -> None:
    proof = {"passw": erin.passw}

    assert erin.api.call(*CONFIRM_IDENTITY.at(), token=erin.token, json=proof).status == 200
    assert erin.api.call(*LOG_OUT.at(), token=erin.token).status == 200
    assert who_am_i(erin).code == "session_ended"


def test_with_a_second_factor_the_same_session_is_good_for_everything(erin: Person) -> None:
    enrol(erin)

    renewed = erin.api.call(*REFRESH.at(), json={"refresh_token": erin.refresh_token}).json

    assert claims(renewed["access_token"])["permissions"] == ["content:read"]
    assert who_am_i(erin, renewed["access_token"]).json["permissions"] == ["content:read"]


def test_repeated_refresh_after_enrolment_gives_permissions_as_well(erin: Person) -> None:
    before = refresh(erin)
    enrol(erin)

    repeated = refresh(erin)

    assert claims(before.json["access_token"])["permissions"] == []
    assert claims(repeated.json["access_token"])["permissions"] == ["content:read"]
    assert repeated.json["refresh_token"] == before.json["refresh_token"]


def test_administrators_who_demand_it_of_themselves_are_not_locked_out(
    desk: Desk, admin: Person
) -> None:
    assert desk.save_role("administrator", "*", second_factor=True).status == 200
    again = admin.sign_in()
    assert desk.by(again.token).roles().code == "second_factor_required"

    enrol(again)

    assert desk.by(again.token).save_role("administrator", "*", second_factor=False).status == 200


def test_back_end_is_asked_for_none(api: Api, web_backend: str, stack: Deployment) -> None:
    # not by way of the API, which refuses to
    demand("service")

    assert Desk(api, web_backend).list_users().status == 200


def test_log_in_costs_no_further_call(alice: Person, aws_calls: AwsCalls) -> None:
    aws_calls.forget()
    log_in(alice)
    plain = sorted(aws_calls.operations)
    demand()
    aws_calls.forget()

    log_in(alice)

    assert sorted(aws_calls.operations) == plain
