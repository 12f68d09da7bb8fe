"""One refresh token used many times at the same moment: lost replies, many tabs, thieves."""

import pytest

from tests.support.clocks import Clock
from tests.support.logged import Log
from tests.support.people import Person
from tests.support.races.invariants import Check
from tests.support.races.service import Service
from tests.support.races.together import insisting, rounds, together

pytestmark = pytest.mark.races

BEYOND_GRACE_SECONDS = 11


@rounds(10)
def test_within_the_grace_all_get_the_same_pair(
    service: Service, alice: Person, check: Check, log: Log
) -> None:
    check()

    answers = together([lambda: service.refresh(alice.refresh_token)] * 16)

    assert [answer.status for answer in answers] == [200] * 16
    (child,) = {answer.json["refresh_token"] for answer in answers}
    (access_token,) = {answer.json["access_token"] for answer in answers}
    assert child != alice.refresh_token
    check()
    assert service.who_am_i(access_token).status == 200
    assert service.refresh(child).status == 200
    assert log.named("refresh_token_replayed") == []
    check()


@rounds(10)
def test_beyond_the_grace_a_replay_ends_the_session(
    service: Service, alice: Person, clock: Clock, check: Check, log: Log
) -> None:
    child = service.refresh(alice.refresh_token).json
    clock.advance(seconds=BEYOND_GRACE_SECONDS)
    check()

    answers = together([lambda: insisting(lambda: service.refresh(alice.refresh_token))] * 16)

    assert {(answer.status, answer.code) for answer in answers} == {(401, "session_ended")}
    assert service.who_am_i(child["access_token"]).code == "session_ended"
    assert service.refresh(child["refresh_token"]).code == "session_ended"
    assert alice.sessions == []
    assert len(log.named("refresh_token_replayed")) == 1
    check()


@rounds(10)
def test_thief_and_victim_both_end_up_with_nothing(
    service: Service, alice: Person, clock: Clock, check: Check
) -> None:
    stolen = alice.refresh_token
    current = service.refresh(stolen).json["refresh_token"]
    clock.advance(seconds=BEYOND_GRACE_SECONDS)
    check()

    answers = together([lambda: service.refresh(stolen), lambda: service.refresh(current)] * 8)

    assert {answer.status for answer in answers[::2]} == {401}
    assert {answer.status for answer in answers[1::2]} <= {200, 401}
    given = [answer.json for answer in answers if answer.status == 200]
    assert len({pair["refresh_token"] for pair in given}) <= 1
    assert {service.who_am_i(pair["access_token"]).code for pair in given} <= {"session_ended"}
    assert {service.refresh(pair["refresh_token"]).code for pair in given} <= {"session_ended"}
    assert alice.sessions == []
    check()


@rounds(5)
def test_parent_and_child_used_together_leave_one_chain_or_none(
    service: Service, alice: Person, check: Check
) -> None:
    parent = alice.refresh_token
    child = service.refresh(parent).json["refresh_token"]
    check()

    answers = together([lambda: service.refresh(parent), lambda: service.refresh(child)] * 8)

    assert {answer.status for answer in answers} <= {200, 401}
    assert len(alice.sessions) <= 1
    check()
    newest = {answer.json["refresh_token"] for answer in answers[1::2] if answer.status == 200}
    assert len(newest) <= 1
