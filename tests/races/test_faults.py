"""For every endpoint and every call that it makes of AWS: the call fails, hangs or loses its reply.

Or the process ends beside it. Afterwards nothing is wrong in the tables, nothing was answered
that is not so, and whoever asks again gets what they wanted.
"""

from types import SimpleNamespace

import pytest
from botocore.exceptions import ConnectionClosedError, ReadTimeoutError

from accounts import invocation
from tests.support.clocks import Clock
from tests.support.races.faults import (
    Collides,
    Dies,
    LosesReply,
    StaysInProgress,
    changes_in_between,
    failures,
    is_decisive,
)
from tests.support.races.interference import EVERY, Aws
from tests.support.races.scenario import Scene
from tests.support.races.scenarios import SCENARIOS
from tests.support.races.stage import KEY_BUSY, UNAVAILABLE, Stage
from tests.support.races.storage import Storage

pytestmark = pytest.mark.races

TRIES = 3
FUNCTION_TIMEOUT_SECONDS = 15


@pytest.fixture(params=SCENARIOS, ids=str)
def stage(request: pytest.FixtureRequest, scene: Scene, storage: Storage, aws: Aws) -> Stage:
    """Each scenario in turn."""
    return Stage(request.param, scene, storage, aws)


def test_a_call_that_fails_leaves_all_as_it_was(stage: Stage, clock: Clock) -> None:
    for number, call in enumerate(stage.calls, start=1):
        faults = failures(call, clock)
        for fault in faults:
            outcome = stage.ask(number, fault)
            where = f"{fault} at call {number}: {outcome}"
            assert outcome.verdict in (stage.scenario.right, UNAVAILABLE), where
            assert outcome.seconds < FUNCTION_TIMEOUT_SECONDS, where
            if outcome.verdict == UNAVAILABLE and not stage.scenario.in_steps:
                assert outcome.took_effect == stage.has_taken_effect(number - 1), where
            # where nothing took effect all faults leave the same, and one proof is enough
            if outcome.took_effect or fault is faults[-1]:
                stage.ask_again()


def test_collisions_without_end_are_given_up(stage: Stage) -> None:
    if not any(is_decisive(call) for call in stage.calls):
        pytest.skip("nothing is written")

    outcome = stage.ask(EVERY, Collides())

    assert outcome.verdict == UNAVAILABLE
    assert not outcome.took_effect
    stage.ask_again()


def test_what_seems_to_have_changed_in_between_is_read_again(stage: Stage) -> None:
    for number, call in enumerate(stage.calls, start=1):
        for fault in changes_in_between(call):
            outcome = stage.ask(number, fault)
            where = f"{fault} at call {number}: {outcome}"
            assert outcome.verdict is not None
            # a turn, or an address, may be somebody else's by now, and a mail comes again
            status = outcome.verdict[0]
            due = (stage.scenario.right, stage.scenario.beaten, UNAVAILABLE)
            assert outcome.verdict in due or status in (409, 429), where
            if status < 400:
                assert outcome.took_effect == stage.has_effect, where
            stage.ask_again()


def test_a_reply_lost_once_is_not_noticed(stage: Stage, clock: Clock) -> None:
    lost = LosesReply(ConnectionClosedError, 1, 0, clock)
    for number, call in enumerate(stage.calls, start=1):
        outcome = stage.ask(number, lost)
        where = f"call {number}: {outcome}"
        if call.operation == "PutItem":
            # takes an idempotency key, and finds it taken: by itself, but that cannot be known
            assert outcome.verdict in (KEY_BUSY, UNAVAILABLE), where
        else:
            assert outcome.verdict == stage.scenario.right, where
            assert outcome.took_effect == stage.has_effect, where
        stage.ask_again()


def test_a_reply_lost_for_good_is_no_answer(stage: Stage, clock: Clock) -> None:
    losses = (LosesReply(ReadTimeoutError, TRIES, 2, clock), StaysInProgress())
    for number, call in enumerate(stage.calls, start=1):
        for lost in (loss for loss in losses if loss.concerns(call)):
            outcome = stage.ask(number, lost)
            where = f"{lost} at call {number}: {outcome}"
            assert outcome.verdict == UNAVAILABLE, where
            assert outcome.seconds < FUNCTION_TIMEOUT_SECONDS, where
            if not stage.scenario.in_steps:
                assert outcome.took_effect == stage.has_taken_effect(number), where
            stage.ask_again()


def test_a_process_that_ends_beside_a_call_does_no_harm(stage: Stage) -> None:
    for done in range(len(stage.calls) + 1):
        # right after a call is right before the next one
        outcome = stage.ask(done, Dies(after=True)) if done else stage.ask(1, Dies(after=False))
        where = f"after {done} calls: {outcome}"
        assert outcome.verdict is None, where
        if not stage.scenario.in_steps:
            assert outcome.took_effect == stage.has_taken_effect(done), where
        stage.ask_again()


def test_slow_calls_all_along_are_given_up_in_time(
    stage: Stage, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(invocation, "time", SimpleNamespace(monotonic=lambda: clock().timestamp()))
    slow = LosesReply(ReadTimeoutError, TRIES - 1, 2, clock)

    outcome = stage.ask(EVERY, slow)

    assert outcome.verdict in (stage.scenario.right, UNAVAILABLE, KEY_BUSY)
    assert outcome.seconds < FUNCTION_TIMEOUT_SECONDS
    if outcome.verdict != stage.scenario.right:
        stage.ask_again()
