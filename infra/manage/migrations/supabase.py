"""Supabase: the table ``auth.users`` as a CSV."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from accounts import clock
from infra.manage.migrations import people, rows
from infra.manage.migrations.people import Person, SkippedError
from infra.manage.migrations.rows import Row
from infra.manage.user_lines import LineRefusedError

NEEDED = ("email", "encrypted_password", "email_confirmed_at", "banned_until", "deleted_at")
OF_THEIR_OWN, OF_THE_PROJECT = "raw_user_meta_data", "raw_app_meta_data"
TAKEN = (*NEEDED, OF_THEIR_OWN, OF_THE_PROJECT, "created_at", "updated_at")
NAMES = ("name", "full_name", "display_name")
OWN_PROVIDER = "email"


def person(row: Row) -> Person:
    """Return who a row tells of.

    Raises:
        SkippedError: somebody deleted, or without an e-mail address.
        LineRefusedError: a cell says what it cannot.
    """
    if row["deleted_at"]:
        raise SkippedError("deleted there")
    email = people.email(row["email"])
    own, project = _content(row, OF_THEIR_OWN), _content(row, OF_THE_PROJECT)
    line = {
        "email": email,
        "email_confirmed": bool(row["email_confirmed_at"]),
        "name": people.name((own.get(name) for name in NAMES), email),
        "language": people.language(own.get("locale")),
        "status": "disabled" if _is_banned(row["banned_until"]) else "active",
        "password_hash": row["encrypted_password"] or None,
        "created_at": row.get("created_at") or None,
        "updated_at": row.get("updated_at") or None,
    }
    # only what the person cannot edit says what they may do
    role = project.get("role")
    providers = project.get("providers")
    others = [it for it in providers if it != OWN_PROVIDER] if isinstance(providers, list) else []
    left_behind = [*rows.untaken(row, TAKEN), *(f"log-in with {it}" for it in others)]
    return Person(line, [role] if isinstance(role, str) else [], left_behind)


def _content(row: Row, column: str) -> Mapping[str, Any]:
    content = people.json_object(row.get(column) or "{}")
    if content is None:
        raise LineRefusedError(f"{column}: Not a JSON object")
    return content


def _is_banned(until: str) -> bool:
    if not until:
        return False
    try:
        return datetime.fromisoformat(until) > clock.now()
    except (ValueError, TypeError) as error:
        raise LineRefusedError("banned_until: Must be a time with its zone") from error
