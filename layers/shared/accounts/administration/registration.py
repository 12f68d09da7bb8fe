"""Signing people up."""

import hashlib
import hmac
import json
from dataclasses import astuple, dataclass, replace

from accounts import settings
from accounts.access import grants, new_accounts, recent_proof, roles
from accounts.access.authentication import Principal
from accounts.credentials import passwords, policy
from accounts.errors import IdempotencyKeyReusedError, UserExistsError
from accounts.mail import orders
from accounts.storage import users
from accounts.storage.tables import User
from accounts.storage.users import PERSON


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

    Its address counts by the caller's word, or, where a confirmation is asked for as well, once
    its owner has followed the link in a mail: the invitation, or one of its own.

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
    user = new_accounts.new_user(person.email, person.name, role, _password_hash(person))
    if person.language:
        user.language = person.language
    if key:
        user.sign_up_key_digest = _key_digest(key, caller)
        user.sign_up_digest = _digest(person)
    if person.password is None:
        # queued first, for later: if this fails nothing has happened, and if what follows fails
        # the mail finds nobody to invite
        orders.invitation(person.email)
    announce = None
    if settings.current().confirm_emails:
        user.email_unconfirmed = True
        announce = orders.account_created if user.password_hash else None
    try:
        new_accounts.create(user, announce=announce)
    except UserExistsError:
        owner = users.find_by_email(user.email) if key else None
        if owner and owner.sign_up_key_digest == user.sign_up_key_digest:
            _require_same(owner, person)
            return owner
        raise
    return user


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
