"""Keycloak: a realm, or its users, as ``kc.sh export`` writes them in JSON."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, BinaryIO

from infra.manage.migrations import keycloak_credentials, people
from infra.manage.migrations.people import Person, SkippedError
from infra.manage.problems import RefusedError
from infra.manage.user_lines import LineRefusedError

User = Mapping[str, Any]
TAKEN = (
    *("email", "emailVerified", "firstName", "lastName", "enabled", "createdTimestamp"),
    *("attributes", "credentials", "realmRoles"),
    # of Keycloak's own, or told by the rest
    *("totp", "notBefore", "disableableCredentialTypes", "access"),
)
OF_A_CLIENT = "serviceAccountClientId"
EVERYBODYS_ROLES = ("default-roles-", "offline_access", "uma_authorization")


def records(file: BinaryIO) -> Iterator[tuple[int, User | LineRefusedError]]:
    """Yield the users of the file, numbered from 1.

    Raises:
        RefusedError: it has another form.
    """
    content = people.json_object(file.read()) or {}
    users = content.get("users")
    if not isinstance(users, list):
        raise RefusedError('The file is no JSON in UTF-8 of one realm with its "users".')
    for number, user in enumerate(users, 1):
        yield number, user if isinstance(user, dict) else LineRefusedError("Not a JSON object")


def person(user: User) -> Person:
    """Return who a user is.

    Raises:
        SkippedError: nobody with an e-mail address.
        LineRefusedError: something has another form.
    """
    if user.get(OF_A_CLIENT):
        raise SkippedError("account of a client")
    email = people.email(_text(user, "email"))
    names = (_text(user, "firstName"), _text(user, "lastName"))
    attributes = _object(user, "attributes")
    locale = attributes.get("locale")
    credentials = keycloak_credentials.taken(_list(user, "credentials"))
    line = {
        "email": email,
        "email_confirmed": user.get("emailVerified") is True,
        "name": people.name((" ".join(filter(None, names)),), email),
        "language": people.language(locale[0] if isinstance(locale, list) and locale else None),
        "status": "active" if user.get("enabled") is True else "disabled",
        "created_at": _time(user.get("createdTimestamp")),
        "password_hash": credentials.password_hash,
        "totp_secret": credentials.totp_secret,
    }
    left_behind = [
        *(field for field, value in user.items() if value and field not in TAKEN),
        *(f"attribute {name}" for name in attributes if name != "locale"),
        *credentials.left_behind,
    ]
    return Person(line, _roles(user), left_behind)


def _roles(user: User) -> list[str]:
    roles = (str(role) for role in _list(user, "realmRoles"))
    return [it for it in roles if not it.startswith(EVERYBODYS_ROLES)]


def _time(milliseconds: object) -> str | None:
    if not isinstance(milliseconds, int):
        return None
    try:
        return datetime.fromtimestamp(milliseconds / 1000, UTC).isoformat()
    except (ValueError, OverflowError, OSError) as error:
        raise LineRefusedError("createdTimestamp: Is no time") from error


def _text(user: User, field: str) -> str:
    value = user.get(field) or ""
    if not isinstance(value, str):
        raise LineRefusedError(f"{field}: Must be a string")
    return value


def _list(user: User, field: str) -> Sequence[object]:
    value = user.get(field) or []
    if not isinstance(value, list):
        raise LineRefusedError(f"{field}: Must be a list")
    return value


def _object(user: User, field: str) -> Mapping[str, Any]:
    value = user.get(field) or {}
    if not isinstance(value, dict):
        raise LineRefusedError(f"{field}: Must be an object")
    return value
