"""Who acts here: an operator, who has no account and, as far as AWS lets them, every right."""

import re
import secrets

import boto3
from pydantic import TypeAdapter, ValidationError

from accounts import emails, invocation
from accounts.access import roles
from accounts.access.authentication import Principal
from accounts.access.sessions import Client
from accounts.edge.fields import Name, RoleName
from accounts.invocation import Origin
from accounts.storage import users
from accounts.storage.tables import User, UserSession
from infra.manage.problems import RefusedError

OPERATOR = Principal(UserSession(), (roles.EVERYTHING,))
# no request brings an operator here, so there is no address that it comes from
CLIENT = Client(ip_address="", user_agent="infra.manage")


def begin() -> None:
    """Have the audit trail show what follows under one id of its own, and who did it.

    Raises:
        BotoCoreError, ClientError: AWS does not say who that is.
    """
    identity = boto3.client("sts").get_caller_identity()["Arn"]
    invocation.set_origin(Origin(f"manage-{secrets.token_hex(8)}", operator=identity))


def account(whom: str) -> User:
    """Return the account with this e-mail or id.

    Raises:
        RefusedError: there is none.
        UnavailableError: DynamoDB did not answer.
    """
    if (user := find(whom)) is None:
        raise RefusedError(f"There is no account {whom}.")
    return user


def find(whom: str) -> User | None:
    """Return the account with this e-mail or id, or None.

    Raises:
        RefusedError: it is neither.
        UnavailableError: DynamoDB did not answer.
    """
    is_id = re.fullmatch(users.ID_PATTERN, whom)
    return User.find(int(whom)) if is_id else users.find_by_email(canonical(whom))


def canonical(email: str) -> str:
    """Return the canonical form of an e-mail address.

    Raises:
        RefusedError: it is none.
    """
    try:
        return emails.canonical(email)
    except emails.EmailInvalidError as error:
        raise RefusedError(f"{email} is no e-mail address that mail can be sent to.") from error


def readable(name: str) -> str:
    """Return the name of a person or a back-end as it is stored.

    Raises:
        RefusedError: it cannot be one.
    """
    try:
        return TypeAdapter(Name).validate_python(name)
    except ValidationError as error:
        raise RefusedError(
            "--name must be readable text of 1 to 100 characters, without control characters."
        ) from error


def role_name(name: str) -> str:
    """Return the name, which may be that of a role.

    Raises:
        RefusedError: no role can have it.
    """
    try:
        return TypeAdapter(RoleName).validate_python(name)
    except ValidationError as error:
        raise RefusedError("--role must be the name of a role, such as service.") from error
