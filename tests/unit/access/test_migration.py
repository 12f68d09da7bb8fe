"""What tables of an earlier version hold, after the next deployment."""

import secrets

import pytest

from accounts.access import migration, new_accounts
from accounts.storage import users
from accounts.storage.tables import Role, User, UserSession
from tests.support.deployment import Deployment
from tests.support.desk import events
from tests.support.people import Person

OLD_SERVICE = ["users:create", "users:read", "passwords:reset"]


def _old_role(name: str, permissions: list[str], *, builtin: bool = False) -> None:
    Role(name=name, title_en=name, title_ru=name, permissions=permissions, builtin=builtin).save()


def _holder(email: str, role: str, kind: str = users.PERSON) -> User:
    user = new_accounts.new_user(email, "Somebody", role, None, kind=kind)
    # not by way of what counts holders, which knows whose a role is
    user.id = secrets.randbelow(new_accounts.MAX_ID) + 1
    user.save()
    return user


def _role(name: str) -> tuple[bool, list[str]]:
    role = Role.get(name)
    return role.back_end, list(role.permissions)


@pytest.fixture(autouse=True)
def _old_tables(stack: Deployment) -> None:
    _old_role("service", OLD_SERVICE, builtin=True)


def test_built_in_role_of_back_ends_spends_reset_tokens_and_makes_none() -> None:
    migration.migrate()

    assert _role("service") == (True, ["users:create", "users:read", "passwords:set"])


def test_what_was_edited_in_it_stays() -> None:
    _old_role("service", ["users:read", "passwords:reset", "content:read"], builtin=True)

    migration.migrate()

    assert _role("service") == (True, ["users:read", "passwords:set", "content:read"])


def test_people_who_made_and_spent_reset_tokens_go_on_to_do_both() -> None:
    _old_role("helpdesk", ["passwords:reset"])

    migration.migrate()

    assert _role("helpdesk") == (False, ["passwords:reset", "passwords:set"])


def test_role_is_of_back_ends_if_they_alone_hold_it() -> None:
    for name in ("of nobody", "of one", "of both"):
        _old_role(name, ["users:read"])
    for number, name in enumerate(("of one", "of both")):
        _holder(f"shop{number}@services.example.com", name, users.SERVICE)
    _holder("human@example.com", "of both")

    migration.migrate()

    assert [_role(name)[0] for name in ("of nobody", "of one", "of both")] == [False, True, False]


def test_person_with_the_role_of_back_ends_gets_the_default_one_and_is_signed_out(
    alice: Person,
) -> None:
    alice.account.update([User.role.set("service")])
    device = alice.sign_in()

    migration.migrate()

    assert alice.account.role == "read_only"
    assert UserSession.find(alice.id, device.session_id) is None
    assert {"role": "read_only"} in [dict(event.details) for event in events(alice.id)]


def test_back_ends_keep_theirs(web_backend: str) -> None:
    migration.migrate()

    (user,) = User.by_role.query("service")
    assert user.kind == "service"


def test_role_widened_on_purpose_stays_so_at_the_next_deployment() -> None:
    migration.migrate()
    widened = ["users:create", "users:read", "passwords:set", "passwords:reset"]
    Role("service").update([Role.permissions.set(widened)])

    migration.migrate()

    assert _role("service") == (True, widened)


def test_repeating_it_changes_nothing(alice: Person, stack: Deployment) -> None:
    _old_role("helpdesk", ["passwords:reset"])
    alice.account.update([User.role.set("service")])
    migration.migrate()

    with stack.unchanged():
        migration.migrate()


def test_what_was_broken_off_goes_on(alice: Person, monkeypatch: pytest.MonkeyPatch) -> None:
    alice.account.update([User.role.set("service")])
    with monkeypatch.context() as patch:
        patch.setattr("accounts.access.session_ends.end_all_changes", _broken)
        with pytest.raises(ConnectionError):
            migration.migrate()

    migration.migrate()

    assert alice.account.role == "read_only"


def _broken(*_: object) -> None:
    raise ConnectionError
