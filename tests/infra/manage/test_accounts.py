"""Listing, showing and changing accounts, one or many, from the command line."""

import json
import sys
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest

from accounts.access import roles
from accounts.storage import users
from accounts.storage.tables import User
from infra.manage import screen
from tests.infra.manage.conftest import Ended, Manage, events_of
from tests.support.api import Api
from tests.support.clocks import Clock
from tests.support.deployment import Deployment
from tests.support.desk import settle
from tests.support.people import Person
from tests.support.register import LOG_IN


@pytest.fixture
def alone(stack: Deployment) -> list[str]:
    """Three more people."""
    emails = [f"nina{number}@example.com" for number in range(3)]
    for email in emails:
        settle(email)
    return emails


def _told(ended: Ended) -> Sequence[Mapping[str, Any]]:
    return [json.loads(line) for line in ended.out.splitlines()]


def _status(email: str) -> str | None:
    user = users.find_by_email(email)
    return user.status if user else None


def test_everybody_is_listed(manage: Manage, alice: Person, alone: list[str]) -> None:
    ended = manage("list", "--json")

    told = _told(ended)
    assert {one["email"] for one in told} == {user.email for user in User.scan()}
    (of_alice,) = (one for one in told if one["id"] == alice.id)
    assert (of_alice["role"], of_alice["status"]) == ("read_only", "active")
    assert "password_hash" not in of_alice


def test_list_goes_on_over_pages(
    manage: Manage, alone: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = _told(manage("list", "--json"))
    monkeypatch.setattr("infra.manage.listing._PAGE", 2)

    assert len(whole) > 4
    assert sorted(one["id"] for one in _told(manage("list", "--json"))) == sorted(
        one["id"] for one in whole
    )


@pytest.mark.parametrize(
    ("options", "expected"),
    [
        (("--role", "administrator"), ["admin@example.com"]),
        (("--email", "NINA"), ["nina0@example.com", "nina1@example.com", "nina2@example.com"]),
        (("--email", "nina", "--limit", "1"), ["nina0@example.com"]),
        (("--status", "disabled"), []),
    ],
    ids=str,
)
def test_list_is_of_whom_is_asked_for(
    manage: Manage, admin: Person, alone: list[str], options: Sequence[str], expected: list[str]
) -> None:
    ended = manage("list", "--json", *options)

    wanted = [admin.email if email.startswith("admin") else email for email in expected]
    assert [one["email"] for one in _told(ended)] == wanted
    assert ended.code == 0


def test_table_has_a_line_for_each(manage: Manage, alone: list[str]) -> None:
    titles, *rows = manage("list", "--email", "nina").out.splitlines()

    assert titles.split() == ["ID", "EMAIL", "NAME", "ROLE", "STATUS", "CREATED", "AT"]
    assert [row.split()[1] for row in rows] == alone


def test_nobody_to_list_is_told(manage: Manage) -> None:
    ended = manage("list", "--email", "nobody")

    assert (ended.code, ended.out, ended.err) == (0, "", "There is no such account.\n")


def test_people_are_found_by_their_words(manage: Manage, alice: Person) -> None:
    (found,) = _told(manage("find", "--json", "ALI"))

    assert found["email"] == alice.email
    assert manage("find", "a").code == 1


@pytest.mark.parametrize("by", ["email", "id"])
def test_account_is_shown(manage: Manage, alice: Person, by: str) -> None:
    whom = str(getattr(alice, by))

    (told,) = _told(manage("show", whom, "--json"))
    table = manage("show", whom).out

    assert (told["id"], told["email"], told["second_factors"]) == (alice.id, alice.email, [])
    assert f"{alice.id}" in table
    assert alice.email in table


def test_trail_is_shown_newest_first_and_after_the_account_is_gone(
    manage: Manage, alice: Person, clock: Clock
) -> None:
    clock.advance(seconds=1)
    manage("disable", alice.email)
    clock.advance(seconds=1)
    manage("delete", alice.email, "--apply")

    told = _told(manage("trail", str(alice.id), "--json"))
    (newest,) = _told(manage("trail", str(alice.id), "--json", "--limit", "1"))

    assert [event["what"] for event in told[:2]] == ["user_deleted", "user_updated"]
    assert newest == told[0]
    assert told[0]["operator"].startswith("arn:aws:")
    assert "user_updated" in manage("trail", str(alice.id)).out
    assert manage("trail", alice.email).code == 1


def test_trail_of_all_is_of_what_is_asked_for(
    manage: Manage, alice: Person, bob: Person, clock: Clock
) -> None:
    clock.advance(seconds=60)
    manage("disable", alice.email, bob.email)

    told = _told(manage("trail", "--json", "--event", "user_updated"))
    since = clock.time.strftime("%Y-%m-%dT%H:%M:%SZ")

    assert {event["user_id"] for event in told} == {alice.id, bob.id}
    assert {event["what"] for event in _told(manage("trail", "--json", "--since", since))} >= {
        "user_updated"
    }
    assert manage("trail", "--since", "yesterday").code == 1
    assert "trail of all" in manage("trail", alice.email, "--event", "user_updated").err


def test_many_are_disabled_and_one_who_is_refused_keeps_nobody_from_it(
    manage: Manage, tmp_path: Path, alone: list[str], admin: Person
) -> None:
    file = tmp_path / "ids.txt"
    file.write_text(f"# all of them\n{alone[1]}\n\n{admin.email}\n{alone[2]}\n{alone[1]}\n")

    ended = manage("disable", alone[0], "nobody@example.com", "--file", str(file))

    assert ended.code == 1
    assert [_status(email) for email in alone] == ["disabled"] * 3
    assert _status(admin.email) == "active"
    assert "3 done, 0 so already, 2 refused." in ended.err
    assert "There is no account nobody@example.com." in ended.err
    assert admin.email in ended.err


def test_command_can_be_run_again(manage: Manage, stack: Deployment, alone: list[str]) -> None:
    assert manage("disable", *alone).code == 0

    with stack.unchanged():
        ended = manage("disable", *alone)

    assert ended.code == 0
    assert "0 done, 3 so already, 0 refused." in ended.err


def test_outcome_of_each_is_told_in_json(manage: Manage, alone: list[str]) -> None:
    manage("disable", alone[0])

    ended = manage("disable", alone[0], alone[1], "nobody@example.com", "--json")

    assert [(one["account"], one["outcome"]) for one in _told(ended)] == [
        (alone[0], "already"),
        (alone[1], "done"),
        ("nobody@example.com", "refused"),
    ]
    assert ended.code == 1


def test_role_is_set_and_who_has_it_is_out_at_once(manage: Manage, alice: Person) -> None:
    ended = manage("set-role", "--role", "methodist", alice.email)

    assert ended.code == 0
    assert alice.account.role == "methodist"
    assert alice.sessions == []
    assert manage("set-role", "--role", "methodist", alice.email).code == 0
    assert len([e for e in events_of(alice.id) if e.what == "user_updated"]) == 1


@pytest.mark.parametrize("role", ["nothing", "service", "No Role"])
def test_role_that_people_cannot_have_is_refused(
    manage: Manage, stack: Deployment, alice: Person, role: str
) -> None:
    with stack.unchanged():
        assert manage("set-role", "--role", role, alice.email).code == 1


def test_last_administrator_keeps_the_role(
    manage: Manage, stack: Deployment, admin: Person
) -> None:
    with stack.unchanged():
        ended = manage("set-role", "--role", roles.DEFAULT, admin.email)

    assert ended.code == 1
    assert "create-administrator" in ended.err


def test_lock_out_is_ended(manage: Manage, api: Api, alice: Person) -> None:
    wrong = {**alice.credentials, "passw": "wrong_string"}
    tries = [api.call(*LOG_IN.at(), json=wrong).status for _ in range(7)]
    assert tries[-1] == 429

    ended = manage("unblock", alice.email)

    assert ended.code == 0
    assert api.call(*LOG_IN.at(), json=dict(alice.credentials)).status == 200
    assert "user_unblocked" in {event.what for event in events_of(alice.id)}


def test_nobody_is_deleted_unless_that_is_meant(
    manage: Manage, stack: Deployment, alone: list[str]
) -> None:
    with stack.unchanged():
        ended = manage("delete", *alone)

    assert ended.code == 0
    assert all(f"{email} (" in ended.err for email in alone)
    assert "--apply" in ended.err


def test_accounts_are_deleted_and_to_delete_them_again_is_no_fault(
    manage: Manage, alone: list[str], admin: Person
) -> None:
    ended = manage("delete", "--apply", *alone, admin.email)
    again = manage("delete", "--apply", *alone)

    assert ended.code == 1
    assert [_status(email) for email in alone] == [None] * 3
    assert _status(admin.email) == "active"
    assert "0 done, 3 so already, 0 refused." in again.err
    assert again.code == 0


@pytest.mark.parametrize("command", ["enable", "disable", "delete"])
def test_somebody_has_to_be_named(manage: Manage, tmp_path: Path, command: str) -> None:
    nobody, not_text = tmp_path / "nobody.txt", tmp_path / "not.txt"
    nobody.write_text("# nobody\n")
    not_text.write_bytes(b"\xff")

    assert manage(command).code == 1
    assert "--file" in manage(command, "--file", str(nobody)).err
    assert "UTF-8" in manage(command, "--file", str(not_text)).err
    assert manage(command, "--file", str(tmp_path / "missing.txt")).code == 1


@pytest.mark.parametrize(
    ("widths", "most", "fitted"),
    [
        ([5, 5], 12, [5, 5]),
        ([5, 30], 25, [5, 18]),
        ([20, 20], 30, [14, 14]),
        # nothing is left of what is narrower
        ([20, 20, 20], 10, [8, 8, 8]),
    ],
)
def test_widest_columns_give_way(widths: list[int], most: int, fitted: list[int]) -> None:
    assert screen.fitting(widths, most) == fitted


def test_columns_that_stay_whole_leave_it_to_others_to_give_way() -> None:
    assert screen.fitting([16, 20], 30, whole=[0]) == [16, 12]
    assert screen.fitting([16, 20], 10, whole=[0]) == [16, 8]
    assert screen.fitting([16, 20], 10, whole=[0, 1]) == [16, 20]


def test_table_fits_the_terminal_with_ids_whole(
    manage: Manage,
    alice: Person,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("COLUMNS", "70")
    isatty: Callable[[], bool] = lambda: True  # noqa: E731 - what a terminal says
    monkeypatch.setattr(sys.stdout, "isatty", isatty)

    rows = manage("list").out.splitlines()

    assert max(map(len, rows)) <= 70
    assert any("…" in row for row in rows)
    assert any(str(alice.id) in row for row in rows)
