"""Signing people up."""

import hashlib
import hmac
import secrets
from dataclasses import dataclass

from accounts import audit, clock, passwords, people, policy, post, role_holders, roles, settings
from accounts.authentication import Principal
from accounts.errors import UnavailableError, UserExistsError, ValidationFailedError
from accounts.people import ACTIVE, PERSON, holding
from accounts.tables import User, UserEmail
from accounts.transactions import ConditionFailedError, Put, write

# ids are JSON numbers, exact in every client (RFC 8259 section 6)
MAX_ID = 2**53 - 1
_ATTEMPTS = 3


@dataclass(frozen=True)
class SignUp:
    """A person to sign up. ``email`` is canonical; no ``password`` means an invitation by mail."""

    email: str
    name: str
    password: str | None
    role: str | None = None
    language: str | None = None


def register(person: SignUp, caller: Principal, key: str | None = None) -> User:
    """Create an account and return it; no role and no language mean the default ones.

    The id follows from the idempotency ``key``, if there is one: a sign-up that took effect
    although its answer was lost is recognised by it when it is repeated.

    Raises:
        UserExistsError: the e-mail is taken, also if by a sign-up at the same instant.
        PermissionMissingError: the role has a permission that the caller has not.
        ValidationFailedError: there is no such role, or the password is refused.
        UnavailableError: DynamoDB, KMS or the queue did not answer.
    """
    role = person.role or roles.DEFAULT
    check_role(role, caller)
    user = new_user(person.email, person.name, role, _password_hash(person))
    if person.language:
        user.language = person.language
    if person.password is None:
        # queued first, for later: if this fails nothing has happened, and if what follows fails
        # the mail finds nobody to invite
        post.invitation(person.email)
    try:
        create(user, _id_of(key, caller) if key else None)
    except UserExistsError:
        owner = people.find_by_email(user.email) if key else None
        if key and owner and owner.id == _id_of(key, caller):
            return owner
        raise
    return user


def new_user(
    email: str, name: str, role: str, password_hash: str | None, *, kind: str = PERSON
) -> User:
    """Return an active account, not yet stored and without an id."""
    now = clock.now()
    return User(
        kind=kind,
        email=email,
        initial=email[0],
        name=name,
        role=role,
        status=ACTIVE,
        version=1,
        language=settings.current().default_language,
        created_at=now,
        updated_at=now,
        password_hash=password_hash,
        password_changed_at=now if password_hash else None,
    )


def create(user: User, user_id: int | None = None) -> None:
    """Store the account together with its e-mail, in one transaction.

    Its id is the one given, unless another account has that.

    Raises:
        UserExistsError: the e-mail is taken.
        ValidationFailedError: the role is gone.
        UnavailableError: DynamoDB did not answer.
    """
    counts = role_holders.moved(None, holding(user))
    for attempt in range(_ATTEMPTS):
        user.id = user_id if user_id and not attempt else _new_id()
        email = Put(UserEmail(email=user.email, user_id=user.id), UserEmail.email.does_not_exist())
        event = audit.recorded(user.id, "user_created", role=user.role, kind=user.kind)
        try:
            write(email, Put(user, User.id.does_not_exist()), event, *counts)
        except ConditionFailedError as error:
            if email in error.failed:
                raise UserExistsError from error
            if set(counts) & set(error.failed):
                raise unknown_role() from error
        else:
            return
    raise UnavailableError


def _new_id() -> int:
    return secrets.randbelow(MAX_ID) + 1


def _id_of(key: str, caller: Principal) -> int:
    digest = hmac.digest(key.encode(), str(caller.user_id).encode(), hashlib.sha256)
    return int.from_bytes(digest) % MAX_ID + 1


def _password_hash(person: SignUp) -> str | None:
    if person.password is None:
        return None
    policy.require_strong(person.password, (person.email, person.name))
    return passwords.hashed(person.password)


def check_role(role: str, caller: Principal) -> None:
    """Return if the caller may give the role to somebody.

    Raises:
        ValidationFailedError: there is no such role.
        PermissionMissingError: the role has a permission that the caller has not.
        UnavailableError: DynamoDB did not answer.
    """
    try:
        permissions = roles.permissions_of(role)
    except roles.UnknownRoleError as error:
        raise unknown_role() from error
    # everybody who may sign people up may give the default role
    if role != roles.DEFAULT:
        roles.require_all(caller.permissions, permissions)


def unknown_role() -> ValidationFailedError:
    """Return the error that says that a role does not exist."""
    return ValidationFailedError.of("role", "There is no such role")
