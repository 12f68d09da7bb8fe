"""Signing people up."""

import hashlib
import hmac
import json
import secrets
from dataclasses import astuple, dataclass, replace

from accounts import clock, settings
from accounts.access import grants, recent_proof, role_holders, roles
from accounts.access.authentication import Principal
from accounts.credentials import passwords, policy, throttle
from accounts.errors import (
    IdempotencyKeyReusedError,
    UnavailableError,
    UserExistsError,
)
from accounts.mail import orders
from accounts.storage import addresses, audit, users
from accounts.storage.tables import Role, User
from accounts.storage.transactions import ConditionFailedError, Put, write
from accounts.storage.users import ACTIVE, PERSON

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

    A sign-up that took effect although its answer was lost is recognised by its idempotency
    ``key``, if it has one, when it is repeated.

    Raises:
        UserExistsError: the e-mail is taken, also if by a sign-up at the same instant.
        IdempotencyKeyReusedError: it is taken by a sign-up with this key that said something
            else about the person.
        PermissionMissingError: the role has a permission that the caller has not.
        RoleNotGrantableError: the caller is a back-end, and the role not the default one.
        ReauthenticationRequiredError: it is not the default role, and the caller's last proof is
            too long ago.
        ValidationFailedError: there is no such role, or the password is refused.
        UnavailableError: DynamoDB, KMS or the queue did not answer.
    """
    role = person.role or roles.DEFAULT
    grants.require_may_give(role, PERSON, caller)
    if role != roles.DEFAULT:
        recent_proof.require(caller)
    user = new_user(person.email, person.name, role, _password_hash(person))
    if person.language:
        user.language = person.language
    if key:
        user.sign_up_key_digest = _key_digest(key, caller)
        user.sign_up_digest = _digest(person)
    if person.password is None:
        # queued first, for later: if this fails nothing has happened, and if what follows fails
        # the mail finds nobody to invite
        orders.invitation(person.email)
    try:
        create(user)
    except UserExistsError:
        owner = users.find_by_email(user.email) if key else None
        if owner and owner.sign_up_key_digest == user.sign_up_key_digest:
            _require_same(owner, person)
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


def create(user: User) -> None:
    """Store the account with an id of its own, together with its e-mail, in one transaction.

    Raises:
        UserExistsError: the e-mail is taken.
        ValidationFailedError: the role is gone.
        UnavailableError: DynamoDB did not answer.
    """
    counts = role_holders.holder_count_changes(None, role_holders.holding(user))
    for _ in range(_ATTEMPTS):
        user.id = _new_id()
        email = addresses.take(user.email, user.id)
        event = audit.event(user.id, "user_created", role=user.role, kind=user.kind)
        try:
            # whatever was tried at the address before there was an account
            clean = throttle.clear_failures(user.email)
            write(email, Put(user, User.id.does_not_exist()), clean, event, *counts)
        except ConditionFailedError as error:
            if email in error.failed:
                raise UserExistsError from error
            if set(counts) & set(error.failed):
                _require_role(user)
        else:
            return
    raise UnavailableError


def _require_role(user: User) -> None:
    role = Role.find(user.role)
    if role is None or bool(role.back_end) != (user.kind != PERSON):
        raise grants.unknown_role()


def _new_id() -> int:
    return secrets.randbelow(MAX_ID) + 1


def _key_digest(key: str, caller: Principal) -> str:
    return hmac.digest(key.encode(), str(caller.user_id).encode(), hashlib.sha256).hex()


def _digest(person: SignUp) -> str:
    # without the password, which nothing but its own hash may help to guess
    said = replace(person, password=None if person.password is None else "")
    return hashlib.sha256(json.dumps(astuple(said)).encode()).hexdigest()


def _require_same(owner: User, person: SignUp) -> None:
    # the password is not looked at: whoever kept the key could guess at the present one for ever
    if owner.sign_up_digest != _digest(person):
        raise IdempotencyKeyReusedError


def _password_hash(person: SignUp) -> str | None:
    if person.password is None:
        return None
    policy.require_strong(person.password, (person.email, person.name))
    return passwords.hashed(person.password)
