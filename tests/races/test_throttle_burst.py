"""Many guesses at the same instant gain nothing.

On DynamoDB Local, because moto in this process lets two threads both pass a condition.
"""

from collections import Counter
from functools import partial

import bcrypt
import pytest

from accounts.storage.tables import LoginAttempt
from tests.support.clocks import Clock
from tests.support.noting import noted_argument
from tests.support.people import Person
from tests.support.races.service import Service
from tests.support.races.together import rounds, together
from tests.support.register import LOG_IN

pytestmark = pytest.mark.races

WIDTH = 50
ALLOWED = 6
WRONG = "not the password"


@pytest.fixture
def hash_checks(monkeypatch: pytest.MonkeyPatch) -> list[bytes]:
    """The hashes that a password was compared with."""
    return noted_argument(monkeypatch, bcrypt, "checkpw", 1)


def _guess_together(service: Service, emails: list[str]) -> Counter[int]:
    def guess(number: int, email: str) -> int:
        # from everywhere at once: it is the account that is counted
        api = service.api.seen_from(f"198.51.100.{number}")
        return api.call(*LOG_IN.at(), json={"email": email, "passw": WRONG}).status

    return Counter(together([partial(guess, n, email) for n, email in enumerate(emails)]))


@rounds(3)
@pytest.mark.parametrize("email", ["alice@example.com", "nobody@example.com"])
def test_of_fifty_guesses_six_are_looked_at(
    service: Service, alice: Person, hash_checks: list[bytes], email: str
) -> None:
    hash_checks.clear()

    statuses = _guess_together(service, [email] * WIDTH)

    assert statuses == {401: ALLOWED, 429: WIDTH - ALLOWED}
    assert len(hash_checks) == ALLOWED


def test_when_the_lock_ends_one_of_fifty_gets_the_turn(
    service: Service, alice: Person, clock: Clock, hash_checks: list[bytes]
) -> None:
    _guess_together(service, [alice.email] * ALLOWED)
    for seconds in (2, 4, 8):
        clock.advance(seconds=seconds)
        hash_checks.clear()

        statuses = _guess_together(service, [alice.email] * WIDTH)

        assert statuses == {401: 1, 429: WIDTH - 1}
        assert len(hash_checks) == 1


def test_the_right_password_among_fifty_is_in_time_or_waits(
    service: Service, alice: Person, clock: Clock, hash_checks: list[bytes]
) -> None:
    hash_checks.clear()
    calls = [lambda: service.log_in(alice.email, WRONG).status] * (WIDTH - 1)
    calls.insert(WIDTH // 2, lambda: service.log_in(alice.email, alice.passw).status)

    statuses = Counter(together(calls))

    # a success is taken back, and makes room for one more
    assert len(hash_checks) <= ALLOWED + statuses[200]
    assert statuses[200] <= 1
    assert statuses[401] + statuses[429] + statuses[200] == WIDTH
    clock.advance(seconds=2)
    assert service.log_in(alice.email, alice.passw).status == 200


@rounds(3)
def test_a_known_device_is_never_refused_for_what_strangers_do_at_that_moment(
    service: Service, alice: Person
) -> None:
    devices = [service.log_in(alice.email).json["device_token"] for _ in range(5)]
    guess = partial(service.log_in, alice.email, WRONG)
    own = [partial(service.log_in, alice.email, alice.passw, device) for device in devices]

    answers = together([*[guess] * 30, *own])

    assert [answer.status for answer in answers[30:]] == [200] * len(devices)
    assert {answer.status for answer in answers[:30]} <= {401, 429}


@rounds(3)
def test_of_fifty_guesses_from_a_known_device_six_are_looked_at(
    service: Service, alice: Person, hash_checks: list[bytes]
) -> None:
    device = service.log_in(alice.email).json["device_token"]
    hash_checks.clear()

    answers = together([partial(service.log_in, alice.email, WRONG, device)] * WIDTH)

    statuses = Counter(answer.status for answer in answers)
    assert statuses == {401: ALLOWED, 429: WIDTH - ALLOWED}
    assert len(hash_checks) == ALLOWED


def test_an_address_fails_no_more_often_than_it_may(service: Service, alice: Person) -> None:
    assert service.log_in("nobody@example.com", WRONG).status == 401
    (window,) = [one for one in LoginAttempt.scan() if one.subject.startswith("address#")]
    window.update([LoginAttempt.failures.set(70)])

    calls = [
        lambda n=n: service.log_in(f"nobody{n}@example.com", WRONG).status for n in range(WIDTH)
    ]
    statuses = Counter(together(calls))

    assert statuses == {401: 30, 429: 20}
    window.refresh(consistent_read=True)
    assert window.failures == 100
