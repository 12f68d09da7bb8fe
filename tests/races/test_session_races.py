"""Ending sessions at the moment that they are used, renewed, listed or begun."""

from functools import partial

import pytest

from tests.support.clocks import Clock
from tests.support.people import Person
from tests.support.races.invariants import Check
from tests.support.races.service import Service
from tests.support.races.together import rounds, together

pytestmark = pytest.mark.races

ACTIVITY_SECONDS = 300
MOST_DEVICES = 20


@rounds(10)
def test_log_out_outlasts_refreshes_at_the_same_moment(
    service: Service, alice: Person, check: Check
) -> None:
    check()

    answers = together(
        [lambda: service.refresh(alice.refresh_token), lambda: service.log_out(alice.token)] * 8
    )

    assert {answer.status for answer in answers} <= {200, 401}
    assert 200 in {answer.status for answer in answers[1::2]}
    renewed = [answer.json for answer in answers[::2] if answer.status == 200]
    for token in (alice.token, *(pair["access_token"] for pair in renewed)):
        assert service.who_am_i(token).code == "session_ended"
    for token in {alice.refresh_token, *(pair["refresh_token"] for pair in renewed)}:
        assert service.refresh(token).code == "session_ended"
    assert alice.sessions == []
    check()


def test_log_out_after_a_refresh_ends_what_the_refresh_gave(
    service: Service, alice: Person, check: Check
) -> None:
    renewed = service.refresh(alice.refresh_token).json

    assert service.log_out(alice.token).status == 200

    assert service.who_am_i(renewed["access_token"]).code == "session_ended"
    assert service.refresh(renewed["refresh_token"]).code == "session_ended"
    check()


def test_refresh_after_a_log_out_gives_nothing(
    service: Service, alice: Person, check: Check
) -> None:
    service.log_out(alice.token)

    assert service.refresh(alice.refresh_token).code == "session_ended"

    assert alice.sessions == []
    check()


@rounds(10)
def test_noting_activity_does_not_bring_a_session_back(
    service: Service, alice: Person, clock: Clock, check: Check
) -> None:
    clock.advance(seconds=ACTIVITY_SECONDS)
    check()

    answers = together(
        [
            lambda: service.log_out(alice.token),
            *[lambda: service.who_am_i(alice.token), lambda: service.show_seances(alice.token)] * 8,
        ]
    )

    # every request notes it, so the log-out may be the one that loses its own session
    assert {answer.status for answer in answers} <= {200, 401}
    assert answers[0].status == 200
    assert service.who_am_i(alice.token).code == "session_ended"
    assert alice.sessions == []
    check()


@rounds(10)
def test_a_device_signed_out_by_another_stays_out(
    service: Service, alice: Person, clock: Clock, check: Check
) -> None:
    laptop = alice.sign_in()
    clock.advance(seconds=ACTIVITY_SECONDS)
    check()

    answers = together(
        [
            lambda: service.end_seance(laptop.token, alice.session_id),
            *[
                lambda: service.refresh(alice.refresh_token),
                lambda: service.who_am_i(alice.token),
                lambda: service.end_seance(laptop.token, alice.session_id),
            ]
            * 5,
        ]
    )

    assert {answer.status for answer in answers} <= {200, 204, 401}
    assert answers[0].status == 204
    assert [session.session_id for session in alice.sessions] == [laptop.session_id]
    assert service.who_am_i(laptop.token).status == 200
    check()


@rounds(10)
def test_signing_others_out_spares_the_device_that_asks(
    service: Service, alice: Person, check: Check, unthrottled: None
) -> None:
    others = [alice.sign_in() for _ in range(4)]
    check()

    answers = together(
        [
            *[partial(service.end_other_seances, alice.token)] * 4,
            *[partial(service.refresh, other.refresh_token) for other in others],
            *[partial(service.log_in, alice.email)] * 8,
        ]
    )

    assert [answer.status for answer in answers[:4]] == [200] * 4
    assert {answer.status for answer in answers[4:8]} <= {200, 401}
    assert {answer.status for answer in answers[8:]} <= {200, 503}
    assert service.who_am_i(alice.token).status == 200
    for other in others:
        assert service.who_am_i(other.token).code == "session_ended"
    kept = {session.session_id for session in check().sessions}
    assert not kept & {other.session_id for other in others}


@rounds(5)
def test_logging_in_everywhere_at_once_keeps_to_the_device_limit(
    service: Service, alice: Person, clock: Clock, check: Check, unthrottled: None
) -> None:
    devices = [alice]
    while len(devices) < MOST_DEVICES - 1:
        clock.advance(seconds=1)
        devices.append(alice.sign_in())
    clock.advance(seconds=1)
    check()

    answers = together([lambda: service.log_in(alice.email)] * 16)

    assert {answer.status for answer in answers} <= {200, 503}
    begun = [answer.json["access_token"] for answer in answers if answer.status == 200]
    assert begun
    room = MOST_DEVICES - len(begun)
    oldest, newest = devices[:-room], devices[-room:]
    assert {service.who_am_i(device.token).code for device in oldest} == {"session_ended"}
    assert {service.who_am_i(device.token).status for device in newest} == {200}
    assert {service.who_am_i(token).status for token in begun} == {200}
    assert len(alice.sessions) == MOST_DEVICES
    check()
