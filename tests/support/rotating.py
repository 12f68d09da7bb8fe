"""People who use the service, again and again, while its keys are rotated."""

import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field

from infra.local.template.declarations import Function
from tests.support import people
from tests.support.answers import Answer
from tests.support.api import Api
from tests.support.fleet import Fleet, Order
from tests.support.forging import Forge
from tests.support.people import Person
from tests.support.register import ANY_USERS, JWKS, LOG_IN, REFRESH, SHOW_SEANCES

SIGNERS = (
    "LogIn",
    "LogInWithCode",
    "LogInWithPasskey",
    "ProveSecondFactor",
    "RefreshTokens",
    "IssueServiceToken",
)
USED = ("LogIn", "RefreshTokens", "AnyUsers", "ShowSeances")


def signers_first(function: Function) -> tuple[bool, str]:
    return function.logical_id not in SIGNERS, function.logical_id


def signers_last(function: Function) -> tuple[bool, str]:
    return function.logical_id in SIGNERS, function.logical_id


def signs_tokens_with(fleet: Fleet, function_id: str) -> set[str]:
    """Return the keys that a function may sign with, but that of the files of the trail.

    That one is for these alone, so whoever issues tokens may not use it.
    """
    may = {arn for action, arn in fleet.permissions(function_id) if action == "kms:Sign"}
    of_the_trail = {fleet.resources["TrailKey"]["Arn"]}
    assert bool(may & of_the_trail) == (function_id == "ExportTrail")
    return may - of_the_trail


ORDERS = (signers_first, signers_last)


def roll_out(fleet: Fleet, *stages: Mapping[str, str], order: Order = signers_first) -> None:
    """Bring the stack through these stages, with nobody using it meanwhile."""
    for stage in stages:
        for _ in fleet.update(stage, order):
            pass


def published(api: Api) -> list[Mapping[str, str]]:
    keys: list[Mapping[str, str]] = api.call(*JWKS.at()).json["keys"]
    return keys


def kids(api: Api) -> list[str]:
    return [key["kid"] for key in published(api)]


def kid_of(token: str) -> str:
    return str(Forge(token).header["kid"])


def who_am_i(api: Api, token: str) -> Answer:
    return api.call(*ANY_USERS.at(), token=token)


@dataclass
class Visitor:
    """Somebody who does the same again and again, in a thread, and notes what goes wrong."""

    visit: Callable[[], Answer]
    rounds: int = 0
    refusals: list[Answer] = field(default_factory=list)
    error: Exception | None = None

    def run(self, stop: threading.Event, progress: threading.Condition) -> None:
        try:
            while not stop.is_set():
                answer = self.visit()
                if answer.status != 200:
                    self.refusals.append(answer)
                with progress:
                    self.rounds += 1
                    progress.notify_all()
        except Exception as error:  # noqa: BLE001 - raised again in the test's own thread
            self.error = error
            with progress:
                progress.notify_all()


class Traffic:
    """Visitors who come all at once."""

    def __init__(self, visitors: tuple[Visitor, ...]) -> None:
        self._visitors = visitors
        self._progress = threading.Condition()

    @contextmanager
    def flowing(self) -> Iterator[None]:
        stop = threading.Event()
        threads = [
            threading.Thread(target=visitor.run, args=(stop, self._progress))
            for visitor in self._visitors
        ]
        for thread in threads:
            thread.start()
        try:
            self.go_on()
            yield
            self.go_on()
        finally:
            stop.set()
            for thread in threads:
                thread.join()

    def go_on(self, rounds: int = 2) -> None:
        """Wait until everybody has come this often again, from beginning to end."""
        goals = [visitor.rounds + rounds for visitor in self._visitors]
        with self._progress:
            done = self._progress.wait_for(
                lambda: all(
                    visitor.error or visitor.rounds >= goal
                    for visitor, goal in zip(self._visitors, goals, strict=True)
                ),
                timeout=30,
            )
        for visitor in self._visitors:
            if visitor.error:
                raise visitor.error
        assert done

    @property
    def refusals(self) -> list[Answer]:
        return [refusal for visitor in self._visitors for refusal in visitor.refusals]


def logging_in(person: Person) -> Visitor:
    """Log in and ask with the new token."""

    def visit() -> Answer:
        answer = person.api.call(*LOG_IN.at(), json=dict(person.credentials))
        return who_am_i(person.api, answer.json["access_token"]) if answer.status == 200 else answer

    return Visitor(visit)


def refreshing(person: Person) -> Visitor:
    """Refresh, each time with the token got before, and ask with the new pair."""
    tokens = [person.refresh_token]

    def visit() -> Answer:
        answer = person.api.call(*REFRESH.at(), json={"refresh_token": tokens[-1]})
        if answer.status != 200:
            return answer
        tokens.append(answer.json["refresh_token"])
        return who_am_i(person.api, answer.json["access_token"])

    return Visitor(visit)


def holding(person: Person) -> Visitor:
    """Ask with one and the same token."""
    return Visitor(lambda: person.api.call(*SHOW_SEANCES.at(), token=person.token))


def visitors(api: Api) -> list[Person]:
    return [
        people.person(api.seen_from(f"192.0.2.{number}"), f"Visitor{number}", "read_only")
        for number in range(1, 4)
    ]


def spread(fleet: Fleet, stage: Mapping[str, str], order: Order, traffic: Traffic) -> None:
    """Update the stack, and let everybody come between any two functions that they use."""
    for function in fleet.update(stage, order):
        if function in USED:
            traffic.go_on(1)
