"""Who holds which role is counted right, whatever people do in whatever order."""

import random
from collections import Counter
from dataclasses import dataclass, field

import pytest

from accounts.storage.tables import Role, User
from tests.support.answers import Answer
from tests.support.desk import Desk, counted

ROLES = ("administrator", "read_only", "methodist", "service", "gardener", "helper", "ghost")
COUNTED = ("administrator", "gardener", "helper")
STEPS = 30


@dataclass(frozen=True)
class Account:
    role: str
    active: bool = True


@dataclass
class Model:
    """What should be, by the rules; ``step`` does something and says what should be answered."""

    desk: Desk
    chance: random.Random
    accounts: dict[int, Account] = field(default_factory=dict)
    roles: set[str] = field(default_factory=lambda: set(ROLES[:3]))
    made: int = 0

    def step(self) -> None:
        often = (self.sign_up, self.change)
        rarely = (self.delete, self.save_role, self.delete_role)
        act = self.chance.choice((*often, *often, *often, *rarely))
        act()

    def sign_up(self) -> None:
        self.made += 1
        role = self.chance.choice(ROLES)
        answer = self.desk.sign_up(f"person{self.made}@example.com", role=role)
        assert answer.status == (201 if role in self.roles else 422)
        if answer.status == 201:
            self.accounts[answer.json["id"]] = Account(role)

    def change(self) -> None:
        user_id, before = self._anybody()
        role = self.chance.choice((before.role, *ROLES))
        active = self.chance.choice((True, False))
        after = Account(role, active)
        changes = {"status": "active" if active else "disabled"}
        if role != before.role:
            changes["role"] = role
        answer = self.desk.update(user_id, **changes)
        if role not in self.roles:
            assert answer.status == 422
        elif self._may_become(user_id, after, answer):
            self.accounts[user_id] = after

    def delete(self) -> None:
        user_id, _ = self._anybody()
        if self._may_become(user_id, None, self.desk.delete(user_id)):
            del self.accounts[user_id]

    def save_role(self) -> None:
        name = self.chance.choice(("gardener", "helper"))
        assert self.desk.save_role(name, "garden:write").status == 200
        self.roles.add(name)

    def delete_role(self) -> None:
        name = self.chance.choice(("gardener", "helper"))
        held = any(account.role == name for account in self.accounts.values())
        expected = 404 if name not in self.roles else 409 if held else 204
        assert self.desk.delete_role(name).status == expected
        if expected == 204:
            self.roles.discard(name)

    def _anybody(self) -> tuple[int, Account]:
        user_id = self.chance.choice(list(self.accounts))
        return user_id, self.accounts[user_id]

    def _may_become(self, user_id: int, after: Account | None, answer: Answer) -> bool:
        rest = [account for other, account in self.accounts.items() if other != user_id]
        left = [*rest, after] if after else rest
        before = self.accounts[user_id]
        fewer = _administers(before) and not (after and _administers(after))
        allowed = not fewer or any(_administers(account) for account in left)
        assert (answer.status, answer.code) == (
            (200, None) if allowed else (409, "last_administrator")
        )
        return allowed

    def check(self) -> None:
        held = Counter(account.role for account in self.accounts.values())
        active = Counter(account.role for account in self.accounts.values() if account.active)
        for role in Role.scan():
            if role.name in COUNTED:
                kept = (role.holders, role.active_holders)
                assert kept == (held[role.name], active[role.name]), role.name
        assert people() == self.accounts


def people() -> dict[int, Account]:
    """Return those to whom things are done: neither who does them, nor back-ends."""
    users = [user for user in User.scan() if user.kind == "person" and user.role != "ruler"]
    accounts = sorted(users, key=lambda user: user.email)
    return {user.id: Account(user.role, user.status == "active") for user in accounts}


def _administers(account: Account) -> bool:
    return account.active and account.role == "administrator"


@pytest.mark.parametrize("seed", range(3))
def test_holders_are_counted_through_any_series_of_changes(desk: Desk, seed: int) -> None:
    # may do everything, and nothing is done to them
    ruler = desk.somebody_with("*", role="ruler")
    model = Model(desk.by(ruler.token), random.Random(seed), people())  # noqa: S311 - no secret

    for _ in range(STEPS):
        model.step()
        model.check()

    assert counted("ruler") == (1, 1)
    assert model.made > 3
