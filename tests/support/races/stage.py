"""A scenario on a stage: played again and again from the same start, undisturbed or not."""

from collections.abc import Iterable
from dataclasses import dataclass, replace

from accounts import settings
from tests.support.races.faults import Death, is_decisive
from tests.support.races.interference import Aws, Interference
from tests.support.races.invariants import Invariants
from tests.support.races.scenario import Scenario, Scene, Verdict
from tests.support.races.service import Service
from tests.support.races.storage import Content, Storage

UNAVAILABLE = (503, "unavailable")
# a request with the same key seems to be under way, and is thought dead after its function's time
KEY_BUSY = (409, "idempotency_key_busy")
# what items say of requests that have done nothing else
_NOTES = frozenset({"last_activity", "tries"})


@dataclass(frozen=True)
class Outcome:
    """What came of a request that was interfered with."""

    # None where there was no answer
    verdict: Verdict | None
    took_effect: bool
    # by the service's clock
    seconds: float


class Stage:
    """A scenario, ready to be played again and again from the same start."""

    def __init__(self, scenario: Scenario, scene: Scene, storage: Storage, aws: Aws) -> None:
        self.scenario, self._scene, self._storage, self._aws = scenario, scene, storage, aws
        scenario.arrange(scene)
        self._start, self._time = storage.read(), scene.clock.time
        # those that the request makes when nothing is wrong
        with aws.watched() as self.calls:
            assert self._ask() == scenario.right
        self._now = self._start
        self._look()
        self.has_effect = self._took_effect()
        scenario.holds(scene, self._answer)
        self._look()
        Invariants().check(self._now)

    @property
    def decisive(self) -> int:
        """Return the number of the call that takes effect: the last write but for counts.

        One before it may have noted activity.
        """
        return max(number for number, call in enumerate(self.calls, start=1) if is_decisive(call))

    def has_taken_effect(self, done: int) -> bool:
        """Say whether the request has, once so many of its calls are done."""
        return self.has_effect and done >= self.decisive

    def ask(self, number: int, interference: Interference) -> Outcome:
        """Ask while call ``number`` is interfered with, from the start."""
        self._rewind()
        with self._aws.interfering(number, interference):
            verdict = self._ask_until_death(self._scene)
        assert self._aws.struck is not None
        self._look(frozenset().union(*(call.written for call in self._aws.calls)))
        return self._outcome(verdict)

    def ask_of(self, service: Service) -> Outcome:
        """Ask another service that has the same tables, from the start."""
        self._rewind()
        verdict = self._ask_until_death(replace(self._scene, service=service))
        self._look()
        return self._outcome(verdict)

    def ask_again(self) -> None:
        """Ask again, and be sure that the right answer comes and that all is as it should be."""
        again = self.scenario.again if self._took_effect() else None
        assert self._ask_patiently() == (again or self.scenario.right)
        self.scenario.holds(self._scene, self._answer)
        self._look()
        self._check()

    def _rewind(self) -> None:
        self._storage.restore(self._start, self._now)
        self._now = self._start
        self._scene.clock.time = self._time

    def _look(self, tables: Iterable[str] | None = None) -> None:
        """See what is in the tables now, or in those alone that can have changed."""
        self._now = {**self._now, **self._storage.read(tables)}

    def _outcome(self, verdict: Verdict | None) -> Outcome:
        seconds = (self._scene.clock.time - self._time).total_seconds()
        if self._now != self._start:
            self._check()
        return Outcome(verdict, self._took_effect(), seconds)

    def _ask(self) -> Verdict:
        self._answer = self.scenario.ask(self._scene)
        return self._answer.status, self._answer.code

    def _ask_until_death(self, scene: Scene) -> Verdict | None:
        try:
            answer = self.scenario.ask(scene)
        except Death:
            return None
        return answer.status, answer.code

    def _ask_patiently(self) -> Verdict:
        verdict = self._ask()
        if verdict in (KEY_BUSY, UNAVAILABLE) and self._let_keys_run_out():
            verdict = self._ask()
        if verdict != self.scenario.right and self._answer.status == 429:
            # the try that failed counts as one; the answer says how long to wait
            self._scene.clock.advance(seconds=int(self._answer.headers["retry-after"]))
            verdict = self._ask()
        return verdict

    def _let_keys_run_out(self) -> bool:
        """Let requests under way have had their time, and say whether there are any."""
        now = self._storage.read()
        overdue = with_overdue_keys(now)
        self._storage.restore(overdue, now)
        return overdue != now

    def _took_effect(self) -> bool:
        return essence(self._now) != essence(self._start)

    def _check(self) -> None:
        invariants = Invariants()
        invariants.check(self._start)
        invariants.check(self._now)


def essence(content: Content) -> Content:
    """Return what matters: no counts of failures or tries, no idempotency records, no activity."""
    notes = {settings.current().login_attempts_table, settings.idempotency().idempotency_table}
    return {
        table: {
            key: {name: value for name, value in item.items() if name not in _NOTES}
            for key, item in items.items()
        }
        for table, items in content.items()
        if table not in notes
    }


def with_overdue_keys(content: Content) -> Content:
    """Return the content as it is when requests under way have had their time."""
    table = settings.idempotency().idempotency_table
    overdue = {
        key: {**item, "in_progress_expiration": {"N": "0"}}
        if item["status"] == {"S": "INPROGRESS"}
        else item
        for key, item in content[table].items()
    }
    return {**content, table: overdue}
