"""A week under attack: one attacker with a thousand addresses, fifty accounts, and their owners.

The service's own log-in, with tables in memory, no hash and no key, on a clock of its own.
"""

import heapq
import itertools
import random
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import pytest

from accounts.access import new_accounts, recent_roles, sessions
from accounts.access.sessions import Client
from accounts.credentials import device_tokens, passwords, throttle
from accounts.credentials.passwords import Candidate
from accounts.credentials.tokens import TokenPair
from accounts.errors import InvalidCredentialsError, TooManyRequestsError
from accounts.sign_in import failures, login
from accounts.sign_in.success import LoggedIn
from accounts.storage import users
from accounts.storage.tables import Role, User, UserEmail
from accounts.storage.transactions import Put, Update
from tests.support.clocks import Clock
from tests.support.deployment import Deployment
from tests.support.memory import Memory, move_to

ACCOUNTS = 50
ADDRESSES = 1000
DAYS = 7
DAY_SECONDS = 24 * 3600
# of all log-ins: some begin with a mistype, some are from a device that is new
MISTYPED, FROM_NEW_DEVICES = 0.2, 0.15
PATIENCE_SECONDS = 900
MAIL_SECONDS = 60
# one each quarter of an hour, and with a clean counter (at first, and after a reset) the fifteen
# until that is the pace
MOST_CHECKS_A_DAY = 96 + 2 * 15
RIGHT, WRONG = "right", "wrong"


@dataclass
class Week:
    """What happened."""

    known: list[float] = field(default_factory=list)
    new: list[tuple[str, float]] = field(default_factory=list)
    # by account and day: guesses that were compared with the owner's password
    checks: Counter[tuple[int, int]] = field(default_factory=Counter)
    tried: int = 0


@dataclass
class Owner:
    """Somebody who logs in every day."""

    number: int
    user_id: int
    home: str

    @property
    def email(self) -> str:
        """Return the account's address."""
        return f"owner{self.number}@example.com"

    @property
    def client(self) -> Client:
        """Return where the owner is."""
        return Client(f"198.51.100.{self.number}", "Browser")


Process = Iterator[float]


@pytest.fixture
def memory(stack: Deployment, clock: Clock, monkeypatch: pytest.MonkeyPatch) -> Memory:
    """The service without DynamoDB and KMS."""
    memory = Memory()
    move_to(memory, monkeypatch, throttle, sessions, failures, recent_roles)
    monkeypatch.setattr("accounts.access.roles.find", lambda name: Role(name=name, permissions=[]))
    monkeypatch.setattr(
        "accounts.credentials.signing.token_pair", lambda *_: TokenPair("access", 900, "refresh")
    )
    monkeypatch.setattr("accounts.credentials.passwords.is_outdated", lambda _: False)
    return memory


@pytest.fixture
def checks(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The hashes of owners that a password was compared with."""
    compared: list[str] = []

    def verify(candidate: Candidate) -> None:
        if candidate.stored is not None:
            compared.append(candidate.stored)
        if candidate.stored is None or not candidate.stored.endswith(candidate.password):
            raise passwords.WrongPasswordError

    monkeypatch.setattr(
        passwords, "candidate", lambda password, stored: Candidate(password, b"", stored)
    )
    monkeypatch.setattr(Candidate, "verify", verify)
    return compared


def _owner(memory: Memory, number: int) -> Owner:
    owner = Owner(number, 1000 + number, "")
    user = new_accounts.new_user(owner.email, "Owner", "read_only", f"{number} {RIGHT}")
    user.id = owner.user_id
    memory.write(Put(user), Put(UserEmail(email=owner.email, user_id=user.id)))
    owner.home = _log_in(owner.email, RIGHT, owner.client).device_token
    return owner


def _log_in(email: str, password: str, client: Client, device: str | None = None) -> LoggedIn:
    logged_in = login.log_in(email, password, client, device)
    assert isinstance(logged_in, LoggedIn)
    return logged_in


def _refused_for(act: Callable[[], object]) -> int | None:
    """Return for how long one is asked to wait; a wrong password is worth another try at once."""
    try:
        act()
    except TooManyRequestsError as error:
        return error.retry_after_seconds
    except InvalidCredentialsError:
        return 0
    return None


@dataclass
class Simulation:
    """Owners and the attacker take their turns as the time comes."""

    memory: Memory
    clock: Clock
    checks: list[str]
    random: random.Random
    week: Week = field(default_factory=Week)

    def run(self) -> Week:
        """Let the week pass."""
        begins = self.clock.time
        owners = [_owner(self.memory, number) for number in range(ACCOUNTS)]
        processes = [*map(self._attack, owners), *map(self._live, owners)]
        order = itertools.count()
        queue = [(begins, next(order), process) for process in processes]
        heapq.heapify(queue)
        while queue:
            self.clock.time, _, process = heapq.heappop(queue)
            if self.clock.time - begins >= timedelta(days=DAYS):
                continue
            if (seconds := next(process, None)) is not None:
                when = self.clock.time + timedelta(seconds=seconds)
                heapq.heappush(queue, (when, next(order), process))
        return self.week

    def _attack(self, owner: Owner) -> Process:
        """Guess at the very moment that there is a turn, each time from another address."""
        begins = self.clock.time
        for number in itertools.count(owner.number):
            address = number % ADDRESSES
            client = Client(f"203.0.{address // 250}.{address % 250 + 1}", "Bot")
            self.checks.clear()
            wait = _refused_for(lambda: _log_in(owner.email, WRONG, client))  # noqa: B023 - called here
            self.week.tried += 1
            day = int((self.clock.time - begins) / timedelta(days=1))
            self.week.checks[owner.number, day] += len(self.checks)
            assert wait is not None
            # before any owner, who takes a second to click
            yield wait or 1e-3

    def _live(self, owner: Owner) -> Process:
        yield self.random.uniform(0, DAY_SECONDS)
        while True:
            began = self.clock.time
            if self.random.random() < MISTYPED:
                yield from self._get_in(owner, WRONG, owner.home)
            yield from self._from_home(owner)
            if self.random.random() < FROM_NEW_DEVICES:
                yield from self._from_new_device(owner)
            spent = (self.clock.time - began).total_seconds()
            yield DAY_SECONDS - spent + self.random.uniform(-600, 600)

    def _from_home(self, owner: Owner) -> Process:
        began = self.clock.time
        yield from self._get_in(owner, RIGHT, owner.home)
        self.week.known.append((self.clock.time - began).total_seconds())

    def _get_in(self, owner: Owner, password: str, device: str | None) -> Process:
        wait = _refused_for(lambda: _log_in(owner.email, password, owner.client, device))
        assert (wait is None) == (password == RIGHT)
        # to type it again
        yield 3

    def _from_new_device(self, owner: Owner) -> Process:
        began, way = self.clock.time, "password"
        while (self.clock.time - began).total_seconds() < PATIENCE_SECONDS - MAIL_SECONDS:
            wait = _refused_for(lambda: _log_in(owner.email, RIGHT, owner.client))
            if wait is None:
                break
            left = PATIENCE_SECONDS - MAIL_SECONDS - (self.clock.time - began).total_seconds()
            yield min(max(wait, 1) + 1, left)
        else:
            way = "mail"
            yield MAIL_SECONDS - 3
            device = self._set_new_password(owner)
            yield from self._get_in(owner, RIGHT, device)
        self.week.new.append((way, (self.clock.time - began).total_seconds()))

    def _set_new_password(self, owner: Owner) -> str:
        """Do to account and counters what spending a reset token does."""
        user = User.find(owner.user_id)
        assert user is not None
        device, devices = device_tokens.welcome(user, None)
        new = users.new_password(f"{owner.number} {RIGHT}")
        version = User.version.set(user.version + 1)
        self.memory.write(
            Update(user, User.version == user.version, [*devices, *new, version]),
            throttle.clear_failures(user.email),
        )
        return device


def test_owners_get_in_all_week_long_and_the_attacker_gets_few_guesses(
    memory: Memory, clock: Clock, checks: list[str]
) -> None:
    began: datetime = clock.time

    week = Simulation(memory, clock, checks, random.Random(1)).run()  # noqa: S311 - a play of dice

    ways = Counter(way for way, _ in week.new)
    most = max(week.checks.values())
    print(  # noqa: T201 - the numbers are what the simulation is for
        f"\n{week.tried} tries by the attacker in {clock.time - began}; "
        f"guesses checked per account and day: at most {most}, "
        f"{sum(week.checks.values()) / ACCOUNTS / DAYS:.0f} on average; "
        f"{len(week.known)} log-ins from known devices, all at once; "
        f"{len(week.new)} from new ones: {ways['password']} by password, {ways['mail']} by mail, "
        f"after at most {max(seconds for _, seconds in week.new):.0f} s"
    )
    assert len(week.known) >= ACCOUNTS * (DAYS - 1)
    assert max(week.known) <= 3
    assert len(week.new) > ACCOUNTS / 2
    assert max(seconds for _, seconds in week.new) <= PATIENCE_SECONDS
    assert most <= MOST_CHECKS_A_DAY
    assert set(week.checks) == {(n, day) for n in range(ACCOUNTS) for day in range(DAYS)}
