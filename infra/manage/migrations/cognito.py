"""Amazon Cognito: the CSV whose header ``get-csv-header`` gives, and ``enabled`` if it is added.

Cognito gives out no password hashes and no secrets of second factors.
"""

from infra.manage.migrations import people, rows
from infra.manage.migrations.people import Person
from infra.manage.migrations.rows import Row

NEEDED = ("cognito:username", "email", "email_verified")
NAMES = ("name", "given_name", "family_name")
MFA = "cognito:mfa_enabled"
ENABLED = "enabled"
TAKEN = (*NEEDED, *NAMES, "locale", MFA, ENABLED)


def person(row: Row) -> Person:
    """Return who a row tells of.

    Raises:
        SkippedError: nobody with an e-mail address.
        LineRefusedError: a cell says what it cannot.
    """
    email = people.email(row["email"])
    whole, given, family = (row.get(column, "") for column in NAMES)
    # not a column of Cognito's, so it may not be there
    disabled = ENABLED in row and not rows.flag(row, ENABLED)
    line = {
        "email": email,
        "email_confirmed": rows.flag(row, "email_verified"),
        "name": people.name((whole, f"{given} {family}"), email),
        "language": people.language(row.get("locale")),
        "status": "disabled" if disabled else "active",
    }
    has_factor = ["second factor"] if rows.flag(row, MFA) else []
    return Person(line, left_behind=[*rows.untaken(row, TAKEN), *has_factor])
