"""People of Supabase's ``auth.users``, as psql copies them into a CSV."""

import csv
import io
import json
import re
from collections.abc import Callable

import pytest

from accounts.credentials import passwords
from accounts.storage import users
from tests.infra.manage.migrations.conftest import GUIDES, Follow, LogIn, user
from tests.support.manage_lines import PASSWORD, bcrypt_hash

ID = "6f6f1d0e-9d6f-4a1e-8d0f-0f2a7a1c1b11"


def _columns() -> list[str]:
    text = (GUIDES / "supabase.md").read_text(encoding="utf-8")
    (columns,) = re.findall(r"select (.+) from auth\.users", text)
    return [column.strip() for column in columns.split(",")]


def _row(email: str, /, **changes: str) -> dict[str, str]:
    return {
        "id": ID,
        "email": email,
        # GoTrue is in Go, whose bcrypt writes 2a
        "encrypted_password": bcrypt_hash(PASSWORD, "2a"),
        "email_confirmed_at": "2024-01-31 12:00:00.12345+00",
        "created_at": "2023-05-01 14:00:00.5+02",
        "updated_at": "2024-01-31 12:00:01+00",
        "raw_user_meta_data": json.dumps({"name": "Олег, a", "email_verified": True}),
        "raw_app_meta_data": json.dumps({"provider": "email", "providers": ["email"]}),
        **changes,
    }


def _file(*rows: dict[str, str]) -> str:
    text = io.StringIO()
    writer = csv.DictWriter(text, _columns(), lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue()


def test_people_log_in_with_their_password(follow: Follow, log_in: LogIn) -> None:
    ended = follow("supabase", _file(_row("oleg@example.com")))

    assert ended.code == 0
    oleg = user("oleg@example.com")
    assert (oleg.name, oleg.role, oleg.status) == ("Олег, a", "read_only", "active")
    assert oleg.created_at.isoformat() == "2023-05-01T12:00:00.500000+00:00"
    assert users.has_confirmed_email(oleg)
    assert log_in("oleg@example.com", "not the password") == 401
    assert log_in("oleg@example.com", PASSWORD) == 200
    assert not passwords.is_outdated(user("oleg@example.com").password_hash)


def test_what_they_were_there_they_are_here(follow: Follow, log_in: LogIn) -> None:
    follow(
        "supabase",
        _file(
            _row("new@example.com", email_confirmed_at=""),
            _row("banned@example.com", banned_until="2125-01-01 00:00:00+00"),
            _row("back@example.com", banned_until="2020-01-01 00:00:00+00"),
            _row("google@example.com", encrypted_password=""),
        ),
    )

    assert not users.has_confirmed_email(user("new@example.com"))
    assert log_in("banned@example.com", PASSWORD) == 401
    assert log_in("back@example.com", PASSWORD) == 200
    assert user("google@example.com").password_hash is None


def test_role_is_what_the_project_says_and_not_the_person(follow: Follow) -> None:
    ended = follow(
        "supabase",
        _file(
            _row("editor@example.com", raw_app_meta_data='{"role": "editor"}'),
            _row("sly@example.com", raw_user_meta_data='{"role": "editor"}'),
            _row("admin@example.com", raw_app_meta_data='{"role": "administrator"}'),
        ),
    )

    assert user("editor@example.com").role == "methodist"
    assert user("sly@example.com").role == "read_only"
    assert user("admin@example.com").role == "read_only"
    assert "Roles without one of ours, so read_only: administrator (1)." in ended.err


def test_who_cannot_come_and_what_stays_are_told(follow: Follow) -> None:
    ended = follow(
        "supabase",
        _file(
            _row("gone@example.com", deleted_at="2024-02-01 00:00:00+00"),
            _row(""),
            _row("x@example.com", raw_app_meta_data='{"providers": ["email", "google"]}'),
        ),
    )

    assert ended.err.splitlines()[0] == "1 account imported, 0 there already, 0 lines refused."
    assert "Skipped: deleted there (1), no e-mail address (1)." in ended.err
    assert "Left behind: id (1), log-in with google (1)." in ended.err
    assert users.find_by_email("gone@example.com") is None


@pytest.mark.parametrize(
    ("column", "cell", "reason"),
    [
        ("raw_user_meta_data", "{", "raw_user_meta_data: Not a JSON object"),
        ("raw_app_meta_data", "[]", "raw_app_meta_data: Not a JSON object"),
        ("raw_app_meta_data", "[" * 9000, "raw_app_meta_data: Not a JSON object"),
        ("banned_until", "infinity", "banned_until: Must be a time with its zone"),
        ("banned_until", "2125-01-01 00:00:00", "banned_until: Must be a time with its zone"),
        ("created_at", "x", "created_at: Must be a time such as 2024-01-31T12:00:00Z"),
        ("email", "nowhere", "email: Must be an e-mail address"),
    ],
)
def test_cell_of_another_form_is_refused(
    follow: Follow,
    refused: Callable[[str], dict[int, str]],
    column: str,
    cell: str,
    reason: str,
) -> None:
    follow("supabase", _file(_row("x@example.com", **{column: cell}), _row("y@example.com")))

    assert refused("users.csv") == {2: reason}
    assert user("y@example.com").name == "Олег, a"
