"""Second factors at the moment that they are reset, demanded, got, or gone with the account."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from functools import partial

import pytest

from accounts import settings
from tests.support.answers import Answer
from tests.support.apps import App
from tests.support.clocks import Clock
from tests.support.desk import events
from tests.support.filed_factors import on_file
from tests.support.people import Person, claims
from tests.support.races.invariants import Check
from tests.support.races.service import Service
from tests.support.races.together import rounds, together

pytestmark = [pytest.mark.races, pytest.mark.usefixtures("unthrottled")]
OTHERS = 15


def begun(service: Service, person: Person) -> App:
    """Return an app that the person has begun with."""
    return App(service.begin_totp(person.token).json["secret"])


def enabled(service: Service, person: Person) -> App:
    """Return the person's app, which log-ins ask for from now on."""
    app = begun(service, person)
    answer = service.enable_totp(person.token, app.code())
    assert answer.status == 200, answer
    return replace(app, recovery_codes=tuple(answer.json["recovery_codes"]))


def challenges(service: Service, person: Person, count: int) -> Iterator[str]:
    for _ in range(count):
        answer = service.log_in(person.email)
        assert answer.status == 202, answer
        yield answer.json["challenge"]


def given(answers: list[Answer]) -> list[dict[str, str]]:
    """Return the tokens of those that were let in."""
    return [answer.json for answer in answers if answer.status == 200]


def statuses(answers: list[Answer]) -> Counter[int]:
    return Counter(answer.status for answer in answers)


def assert_dead(service: Service, pairs: list[dict[str, str]]) -> None:
    for pair in pairs:
        assert service.who_am_i(pair["access_token"]).code == "session_ended"
        assert service.refresh(pair["refresh_token"]).code == "session_ended"


@rounds(5)
def test_no_second_step_gets_past_a_reset(service: Service, alice: Person, check: Check) -> None:
    app = enabled(service, alice)
    codes = [*app.recovery_codes, app.code(+1), *[app.wrong_code()] * 4]
    steps = zip(challenges(service, alice, OTHERS), codes, strict=True)
    check()

    reset, *answers = together(
        [
            partial(service.reset_second_factors, alice.id),
            *(partial(service.prove_second_factor, *step) for step in steps),
        ]
    )

    assert reset.status == 204
    assert set(statuses(answers)) <= {200, 401, 410, 503}
    assert_dead(service, given(answers))
    assert on_file(alice.id) == []
    assert check().sessions_of(alice.id) == []
    # nothing but the password is asked for
    assert service.log_in(alice.email).status == 200


@rounds(5)
def test_of_sixteen_resets_one_is_done(service: Service, alice: Person, check: Check) -> None:
    enabled(service, alice)
    check()

    answers = together([partial(service.reset_second_factors, alice.id)] * 16)

    assert statuses(answers) == {204: 16}
    assert [event.what for event in events(alice.id)].count("second_factors_reset") == 1
    check()


@rounds(5)
def test_factor_that_is_added_at_a_reset_is_there_or_not(
    service: Service, alice: Person, check: Check
) -> None:
    app = begun(service, alice)
    check()

    reset, *answers = together(
        [
            partial(service.reset_second_factors, alice.id),
            *[partial(service.enable_totp, alice.token, app.code())] * OTHERS,
        ]
    )

    assert reset.status == 204
    assert set(statuses(answers)) <= {200, 401, 422}
    assert statuses(answers)[200] == 1
    state = check()
    # whichever was first
    is_reset = "second_factors_reset" in [event.what for event in events(alice.id)]
    assert bool(state.users[alice.id].has_totp) != is_reset
    assert (on_file(alice.id) == []) == is_reset


@rounds(5)
def test_of_sixteen_who_enable_an_app_one_gets_the_recovery_codes(
    service: Service, alice: Person, check: Check
) -> None:
    app = begun(service, alice)
    check()

    answers = together([partial(service.enable_totp, alice.token, app.code())] * 16)

    assert statuses(answers) == {200: 1, 422: 15}
    check()


@rounds(5)
def test_log_in_beside_the_first_factor_is_asked_for_it_or_over(
    service: Service, alice: Person, check: Check
) -> None:
    app = begun(service, alice)
    check()

    answer, *answers = together(
        [
            partial(service.enable_totp, alice.token, app.code()),
            *[partial(service.log_in, alice.email)] * OTHERS,
        ]
    )

    assert answer.status == 200
    assert set(statuses(answers)) <= {200, 202, 503}
    assert_dead(service, given(answers))
    assert service.who_am_i(alice.token).json["amr"] == ["pwd", "otp", "mfa"]
    assert check().sessions_of(alice.id) == [alice.session_id]


@rounds(5)
def test_log_in_beside_the_demand_is_from_before_it_or_led_to_enrol(
    service: Service, alice: Person, check: Check, clock: Clock
) -> None:
    check()

    saved, *answers = together(
        [
            partial(service.save_role, "read_only", "content:read", second_factor=True),
            *[partial(service.log_in, alice.email)] * OTHERS,
        ]
    )

    assert saved.status == 200
    assert set(statuses(answers)) <= {200, 503}
    for pair in given(answers):
        is_due = bool(pair.get("second_factor_required"))
        permissions = claims(pair["access_token"])["permissions"]
        assert permissions == ([] if is_due else ["content:read"])
        assert service.who_am_i(pair["access_token"]).status == (403 if is_due else 200)
    # until then the role may be known as it was
    clock.advance(seconds=settings.issuing().role_cache_seconds)
    assert service.log_in(alice.email).json["second_factor_required"] is True
    check()


@rounds(5)
def test_last_factor_is_removed_before_the_demand_or_stays(
    service: Service, alice: Person, check: Check
) -> None:
    enabled(service, alice)
    check()

    saved, *answers = together(
        [
            partial(service.save_role, "read_only", "content:read", second_factor=True),
            *[partial(service.disable_totp, alice.token)] * OTHERS,
        ]
    )

    assert saved.status == 200
    assert set(statuses(answers)) <= {204, 409, 503}
    removed = "totp_disabled" in [event.what for event in events(alice.id)]
    assert (on_file(alice.id) == []) == removed
    check()


@rounds(5)
def test_enrolling_sixteen_times_at_once_opens_the_session(
    service: Service, alice: Person, check: Check
) -> None:
    assert service.save_role("read_only", "content:read", second_factor=True).status == 200
    pair = service.log_in(alice.email).json
    app = App(service.begin_totp(pair["access_token"]).json["secret"])
    check()

    answers = together(
        [
            *[partial(service.enable_totp, pair["access_token"], app.code())] * 8,
            *[partial(service.refresh, pair["refresh_token"])] * 8,
        ]
    )

    assert statuses(answers[:8]) == {200: 1, 422: 7}
    assert set(statuses(answers[8:])) <= {200, 503}
    assert len({other["refresh_token"] for other in given(answers[8:])}) <= 1
    # as it is asked for once more, within the grace
    renewed = service.refresh(pair["refresh_token"]).json
    assert claims(renewed["access_token"])["permissions"] == ["content:read"]
    assert service.who_am_i(renewed["access_token"]).status == 200
    check()


@pytest.mark.parametrize("what", ["begun", "enabled"])
@rounds(5)
def test_factor_that_is_added_at_a_deletion_is_gone_with_the_account(
    service: Service, alice: Person, check: Check, what: str
) -> None:
    app = begun(service, alice)
    act = {
        "begun": partial(service.begin_totp, alice.token),
        "enabled": partial(service.enable_totp, alice.token, app.code()),
    }[what]
    check()

    deleted, *answers = together([partial(service.delete_user, alice.id), *[act] * OTHERS])

    assert deleted.status == 200
    assert set(statuses(answers)) <= {200, 201, 401, 422, 503}
    assert on_file(alice.id) == []
    assert alice.id not in check().users


@rounds(5)
def test_second_step_beside_the_removal_of_the_app_begins_what_stands_or_nothing(
    service: Service, alice: Person, clock: Clock, check: Check
) -> None:
    app = enabled(service, alice)
    steps = zip(challenges(service, alice, 10), app.recovery_codes, strict=True)
    check()

    removed, *answers = together(
        [
            partial(service.disable_totp, alice.token),
            *(partial(service.prove_second_factor, *step) for step in steps),
        ]
    )

    assert removed.status in (204, 503)
    assert set(statuses(answers)) <= {200, 401, 410, 503}
    for pair in given(answers):
        assert service.who_am_i(pair["access_token"]).json["amr"] == ["pwd", "otp", "mfa"]
    check()
