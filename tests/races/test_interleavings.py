"""Two requests about one person, of which one is done in the midst of the other.

For every pair, the second request happens wholly between two calls to AWS of the first, at every
place there is. Whatever the place, answers and tables are what they would be had the requests
come one after the other, in one order or the other.
"""

from collections import Counter
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from itertools import count
from typing import Any

import pytest

from accounts.credentials import opaque
from accounts.credentials.opaque import RefreshToken
from tests.support.answers import Answer
from tests.support.people import claims
from tests.support.races.interference import Aws, Call, Interference
from tests.support.races.invariants import Invariants, State
from tests.support.races.scenario import Scenario, Scene
from tests.support.races.scenarios import SCENARIOS
from tests.support.races.storage import Storage

pytestmark = pytest.mark.races

# what wants sessions to be over: whether it ends them or finds them ended, that is what they are
ENDINGS = ("log out", "end the other seances", "end a user's seances")
NAMES = (
    "log in",
    "refresh",
    "refresh again beyond the grace",
    "who am I after a while",
    "change the password",
    "issue a reset token",
    "reset the password",
    "change one's own name",
    "ask for another e-mail",
    "delete one's own account",
    "rename a user",
    "change a user's role",
    "change a user's e-mail",
    "delete a user",
    *ENDINGS,
)
ACTIONS = [scenario for scenario in SCENARIOS if scenario.name in NAMES]

Outcome = dict[str, object]


@dataclass(frozen=True)
class Meanwhile(Interference):
    """Something else happens just before the call."""

    happens: Callable[[], object]
    looking_away: Callable[[], AbstractContextManager[None]]

    def around_call(self, _call: Call, send: Callable[[], object]) -> object:
        """Let it happen, then make the call."""
        with self.looking_away():
            self.happens()
        return send()


@dataclass(frozen=True)
class Pair:
    """Two requests, ready to be played together again and again from the same start."""

    outer: Scenario
    inner: Scenario
    scene: Scene
    storage: Storage
    aws: Aws

    def outcomes(self) -> list[Outcome]:
        """Return what comes of it with the inner one first, then ever later, and last."""
        # what both need is there once
        for arrange in {self.outer.arrange: None, self.inner.arrange: None}:
            arrange(self.scene)
        start, time = self.storage.read(), self.scene.clock.time
        found: list[Outcome] = []
        for number in count(1):
            self.storage.restore(start)
            self.scene.clock.time = time
            answers = self._play(number)
            invariants = Invariants()
            before = invariants.check(start)
            after = invariants.check(self.storage.read())
            found.append(outcome(self.scene, before, after, answers))
            if self.aws.struck is None:
                break
        return found

    def _play(self, number: int) -> Sequence[tuple[Scenario, Answer]]:
        inner_answers: list[Answer] = []

        def ask_inner() -> None:
            inner_answers.append(self.inner.ask(self.scene))

        with self.aws.interfering(number, Meanwhile(ask_inner, self.aws.looking_away)):
            outer_answer = self.outer.ask(self.scene)
        if self.aws.struck is None:
            ask_inner()
        return [(self.outer, outer_answer), (self.inner, inner_answers[0])]


@pytest.mark.parametrize("inner", ACTIONS, ids=str)
@pytest.mark.parametrize("outer", ACTIONS, ids=str)
def test_whatever_the_interleaving_it_is_as_if_one_came_first(
    scene: Scene, storage: Storage, aws: Aws, outer: Scenario, inner: Scenario
) -> None:
    outcomes = Pair(outer, inner, scene, storage, aws).outcomes()

    inner_first, inner_last = outcomes[0], outcomes[-1]
    assert len(outcomes) > 1
    for place, came in enumerate(outcomes, start=1):
        assert came in (inner_first, inner_last), f"before call {place}"


def outcome(
    scene: Scene, before: State, after: State, answers: Sequence[tuple[Scenario, Answer]]
) -> Outcome:
    """Return what came of the requests, in terms that two runs have in common."""
    devices = {scene.alice.session_id: "phone", scene.laptop.session_id: "laptop"}
    then = before.users[scene.alice.id].attribute_values
    account = after.users.get(scene.alice.id)
    now = account.attribute_values if account else {}
    known = ("email", "name", "role", "status", "version")
    good = [t for t in after.tokens if account and t.epoch == account.credentials_epoch]
    return {
        "answers": [verdict(scenario, answer) for scenario, answer in answers],
        "given": [worth(after, answer) for _, answer in answers],
        "account": {name: now.get(name) for name in known},
        "password": "new" if now.get("password_hash") != then["password_hash"] else "old",
        "good tokens": len(good),
        "emails": sorted(after.emails),
        "sessions": Counter((devices.get(s.session_id), s.role) for s in after.sessions),
        "events": Counter(event.what for event in after.events),
    }


def verdict(scenario: Scenario, answer: Answer) -> str:
    """Return what an answer says; why something is refused may depend on when it was looked at."""
    if answer.status >= 500:
        return f"failed with {answer.status}"
    if scenario.name in ENDINGS:
        return "over"
    return "done" if answer.status < 400 else "refused"


def worth(state: State, answer: Answer) -> list[bool]:
    """Say of the tokens in an answer whether they are good: for a session, for a refresh."""
    given: dict[str, Any] = answer.json if answer.text else {}
    if not given.get("refresh_token"):
        return []
    token = RefreshToken.read(given["refresh_token"])
    session_id = claims(given["access_token"])["sid"]
    digest = opaque.digest_bytes(token.secret)
    return [
        any(session.session_id == session_id for session in state.sessions),
        any(session.newest == digest for session in state.sessions),
    ]
