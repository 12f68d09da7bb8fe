"""Accounts as lines of JSON, ours and those of other systems."""

import base64
import json
import re
import secrets
from collections.abc import Iterator, Set
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Annotated, BinaryIO, Literal, NamedTuple

from pydantic import Field

from accounts import clock
from accounts.access import new_accounts, second_factors
from accounts.access.new_accounts import MAX_ID
from accounts.access.roles import DEFAULT
from accounts.edge import validation
from accounts.edge.fields import Email, Name, RequestSchema, RoleName
from accounts.errors import MalformedRequestError, ValidationFailedError
from accounts.storage import users
from accounts.storage.tables import User
from accounts.storage.users import SERVICE
from infra.manage import password_hashes
from infra.manage.password_hashes import UnusableHashError

LONGEST_LINE_BYTES = 16 * 1024
# RFC 4226 asks for 16 at least, and many systems gave their apps fewer
SECRET_BYTES = range(10, 65)
_BYTE_ORDER_MARK = b"\xef\xbb\xbf"


class LineRefusedError(Exception):
    """The line cannot be taken; the text says why, without anything secret in it."""


# of the file, or what is wrong with it
Line = bytes | LineRefusedError


@dataclass(frozen=True)
class Rules:
    """What a deployment takes: its roles, those fit for back-ends, its password keys."""

    roles: Set[str]
    back_end_roles: Set[str]
    password_key_ids: Set[str]
    drop_unknown_hashes: bool = False


class UserLine(RequestSchema):
    """A line; what it does not say is as at a sign-up."""

    email: Email
    email_confirmed: bool = True
    name: Name
    password_hash: str | None = None
    id: Annotated[int, Field(ge=1, le=MAX_ID)] | None = None
    kind: Literal["person", "service"] = "person"
    role: RoleName = DEFAULT
    status: Literal["active", "disabled"] = "active"
    language: Literal["en", "ru"] | None = None
    created_at: str | None = None
    updated_at: str | None = None
    password_changed_at: str | None = None
    # by name, of which nothing can be made
    second_factors: list[str] | None = None
    # of an authenticator app, in base32
    totp_secret: Annotated[str, Field(max_length=200)] | None = None


class Described(NamedTuple):
    """What a line describes: an account, not yet stored, and the secret of its owner's app."""

    user: User
    id_is_given: bool
    totp_secret: bytes | None


def written(user: User, *, with_hash: bool) -> str:
    """Return the account as a line, with everything that makes it up but its sessions.

    The hash of its password is in it only ``with_hash``.
    """
    content = {
        "id": user.id,
        "kind": user.kind,
        "email": user.email,
        "email_confirmed": users.has_confirmed_email(user),
        "name": user.name,
        "role": user.role,
        "status": user.status,
        "language": user.language,
        "created_at": _text(user.created_at),
        "updated_at": _text(user.updated_at),
        **({"password_hash": user.password_hash} if with_hash else {}),
        "password_changed_at": _text(user.password_changed_at),
        # their names alone: what they are made of stays where it is
        "second_factors": [*second_factors.names(user)],
    }
    return json.dumps(content, ensure_ascii=False, separators=(",", ":"))


def numbered(file: BinaryIO) -> Iterator[tuple[int, Line]]:
    """Yield the file's lines with their numbers, from 1."""
    number = 0
    while line := file.readline(LONGEST_LINE_BYTES):
        number += 1
        if number == 1:
            line = line.removeprefix(_BYTE_ORDER_MARK)
        whole = line.endswith(b"\n") or len(line) < LONGEST_LINE_BYTES
        yield number, line if whole else too_long()
        while not whole:
            rest = file.readline(LONGEST_LINE_BYTES)
            whole = rest.endswith(b"\n") or not rest


def too_long() -> LineRefusedError:
    """Return what is said of a line longer than any may be."""
    return LineRefusedError(f"Longer than {LONGEST_LINE_BYTES:,} bytes")


def read(line: Line, rules: Rules) -> Described:
    """Return what a line describes.

    Raises:
        LineRefusedError: it describes none that the deployment takes.
    """
    if isinstance(line, LineRefusedError):
        raise line
    try:
        given = validation.parse(UserLine, line)
    except MalformedRequestError:
        refusal = "Not a JSON object in UTF-8"
    except ValidationFailedError as error:
        refusal = "; ".join(f"{fault['field']}: {fault['message']}" for fault in error.details)
    else:
        return Described(_user(given, rules), given.id is not None, _totp_secret(given))
    # raised out here, so that the error's cause does not hold the input
    raise LineRefusedError(refusal)


def _user(given: UserLine, rules: Rules) -> User:
    _check_role(given, rules)
    user = new_accounts.new_user(
        given.email, given.name, given.role, _password_hash(given, rules), kind=given.kind
    )
    user.id = given.id or new_id()
    # if it was here before, under this id, tokens of that time may still be around
    user.credentials_epoch = int(clock.now().timestamp())
    user.email_unconfirmed = None if given.email_confirmed else True
    user.status = given.status
    user.language = given.language or user.language
    user.created_at = _time("created_at", given.created_at) or user.created_at
    user.updated_at = _time("updated_at", given.updated_at) or user.updated_at
    if user.password_hash:
        changed_at = _time("password_changed_at", given.password_changed_at)
        user.password_changed_at = changed_at or user.password_changed_at
    return user


def new_id() -> int:
    """Return an id for an account that has none."""
    return secrets.randbelow(MAX_ID) + 1


def _check_role(given: UserLine, rules: Rules) -> None:
    if given.role not in rules.roles:
        raise LineRefusedError(f"role: There is no role {given.role}")
    if given.kind == SERVICE and given.role not in rules.back_end_roles:
        raise LineRefusedError(f"role: {given.role} is none of back-ends")
    if given.kind != SERVICE and given.role in rules.back_end_roles:
        raise LineRefusedError(f"role: {given.role} is a role of back-ends")


def _password_hash(given: UserLine, rules: Rules) -> str | None:
    if given.password_hash is None:
        return None
    if given.kind == SERVICE:
        raise LineRefusedError("password_hash: A back-end has none")
    try:
        return password_hashes.taken(given.password_hash, rules.password_key_ids)
    except UnusableHashError as error:
        if rules.drop_unknown_hashes:
            return None
        raise LineRefusedError(
            f"password_hash: {error} (--drop-unknown-hashes takes the account without it)"
        ) from error


def _totp_secret(given: UserLine) -> bytes | None:
    if given.totp_secret is None:
        return None
    if given.kind == SERVICE:
        raise LineRefusedError("totp_secret: A back-end has none")
    # as people type it
    text = re.sub("[ =-]", "", given.totp_secret).upper()
    try:
        secret = base64.b32decode(text + "=" * (-len(text) % 8))
    except ValueError:
        secret = b""
    if len(secret) not in SECRET_BYTES:
        raise LineRefusedError(
            f"totp_secret: Not {SECRET_BYTES[0]} to {SECRET_BYTES[-1]} bytes in base32"
        )
    return secret


def _text(moment: datetime | None) -> str | None:
    return moment.astimezone(UTC).isoformat().replace("+00:00", "Z") if moment else None


def _time(field: str, text: str | None) -> datetime | None:
    if text is None:
        return None
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        moment = None
    if moment is None or moment.tzinfo is None:
        raise LineRefusedError(f"{field}: Must be a time such as 2024-01-31T12:00:00Z")
    return moment
