"""fastapi-users: the table of its SQLAlchemy adapter as a CSV."""

from infra.manage.migrations import people, rows
from infra.manage.migrations.people import Person
from infra.manage.migrations.rows import Row

NEEDED = ("id", "email", "hashed_password", "is_active", "is_superuser", "is_verified")
# of the library's own example of columns that a project adds
NAMES = ("name", "first_name", "last_name")
TAKEN = (*NEEDED[1:], *NAMES)
SUPERUSER = "superuser"


def person(row: Row) -> Person:
    """Return who a row tells of; a number stays their id, a UUID cannot.

    Raises:
        SkippedError: nobody with an e-mail address.
        LineRefusedError: a cell says what it cannot.
    """
    email = people.email(row["email"])
    whole, first, last = (row.get(column, "") for column in NAMES)
    number = int(row["id"]) if row["id"].isascii() and row["id"].isdigit() else None
    line = {
        "id": number,
        "email": email,
        "email_confirmed": rows.flag(row, "is_verified"),
        "name": people.name((whole, f"{first} {last}"), email),
        "status": "active" if rows.flag(row, "is_active") else "disabled",
        "password_hash": row["hashed_password"] or None,
    }
    roles = [SUPERUSER] if rows.flag(row, "is_superuser") else []
    untaken = rows.untaken(row, TAKEN if number is None else (*TAKEN, "id"))
    return Person(line, roles, untaken)
