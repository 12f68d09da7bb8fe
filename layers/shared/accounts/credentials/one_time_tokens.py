"""One-time tokens: each does one thing for one account, once, until it expires.

Any number may be out at once, and none voids another. Only a digest of each is stored, and the
address that it is bound to is sealed under the token itself: when an account is deleted, what is
left of its tokens says nothing about anybody.
"""

import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import cast

from pynamodb.expressions.condition import Condition

from accounts import clock
from accounts.credentials import opaque, sealing
from accounts.storage.tables import OneTimeToken
from accounts.storage.transactions import Change, Delete, Put

_PURPOSE = "address of a one-time token"
_ONE_SECOND = timedelta(seconds=1)


class Kind(StrEnum):
    """What a token is for. Its text begins with this, by which secret scanners find leaked ones."""

    RESET = "pr"
    EMAIL_CONFIRMATION = "ec"
    EMAIL_UNDO = "eu"
    SIGN_UP = "su"
    LOG_IN = "lc"
    SECOND_FACTOR = "sf"
    PASSKEY_LOG_IN = "pl"
    PASSKEY_ENROLMENT = "pe"
    PASSKEY_CONFIRMATION = "pc"


class TokenInvalidError(Exception):
    """The text is no token of this kind, or one that is spent or expired."""


@dataclass(frozen=True)
class NewToken:
    """A token as given out, once; it works from when ``kept`` is written."""

    text: str
    expires_at: datetime
    kept: Change


@dataclass(frozen=True)
class OpenToken:
    """A token that was shown and is not spent.

    ``epoch`` is the one of the account's credentials that it was made in, ``email`` the address
    and ``session_id`` the session, if it is bound to them; ``amr`` is what was proved before it
    was given out, if that matters. ``spent`` is its part in the transaction that uses it, whose
    condition lets a token work once.
    """

    user_id: int | None
    epoch: int | None
    email: str | None
    amr: str | None
    session_id: str | None
    spent: Change


def new(  # noqa: PLR0913 - each says one thing, by name
    kind: Kind,
    user_id: int | None,
    seconds: int,
    *,
    epoch: int | None = None,
    email: str | None = None,
    amr: str | None = None,
    session_id: str | None = None,
) -> NewToken:
    """Return a new token, of an account if there is one, not yet stored; good for ``seconds``."""
    secret = opaque.new_secret()
    # the table keeps whole seconds: up, so that no token is over before its time
    expires_at = clock.now() + timedelta(seconds=seconds)
    if expires_at.microsecond:
        expires_at = expires_at.replace(microsecond=0) + _ONE_SECOND
    record = OneTimeToken(
        token=key(kind, secret),
        user_id=user_id,
        epoch=epoch,
        sealed_email=email and sealing.seal(email, under=secret, purpose=_PURPOSE),
        amr=amr,
        session_id=session_id,
        expires_at=expires_at,
    )
    kept = Put(record, OneTimeToken.token.does_not_exist())
    return NewToken(text_of(kind, secret), expires_at, kept)


def read(kind: Kind, text: str) -> OpenToken:
    """Return the token that ``text`` is.

    Raises:
        TokenInvalidError: it is none of this kind, or one that is spent or expired.
        UnavailableError: DynamoDB did not answer.
    """
    secret = secret_of(kind, text)
    record = OneTimeToken.find(key(kind, secret))
    # DynamoDB keeps expired items for days
    if record is None or record.expires_at <= clock.now():
        raise TokenInvalidError
    sealed = record.sealed_email
    return OpenToken(
        user_id=record.user_id,
        epoch=record.epoch,
        email=sealed and sealing.unseal(sealed, under=secret, purpose=_PURPOSE),
        amr=record.amr,
        session_id=record.session_id,
        spent=Delete(record, OneTimeToken.token.exists()),
    )


def count_try(token: OpenToken, most: int) -> int:
    """Count a try at what has to be known beside the token, and return its number.

    The token is good for ``most``.

    Raises:
        TokenInvalidError: it has had them, or is spent.
        UnavailableError: it could not be counted, so it may not go on.
    """
    record = cast(OneTimeToken, token.spent.item)
    if not record.try_update([OneTimeToken.tries.add(1)], has_tries_left(most)):
        raise TokenInvalidError
    tries: int = record.tries
    return tries


def has_tries_left(most: int) -> Condition:
    """Return the condition that a token is there, and has had fewer tries than ``most``."""
    left = OneTimeToken.tries.does_not_exist() | (OneTimeToken.tries < most)
    there: Condition = OneTimeToken.token.exists() & left
    return there


def text_of(kind: Kind, secret: str) -> str:
    """Return the token that is given out."""
    return f"{kind}.{secret}"


def secret_of(kind: Kind, text: str) -> str:
    """Return the secret of a token as it was given out.

    Raises:
        TokenInvalidError: it is none of this kind.
    """
    if not (match := re.fullmatch(rf"{kind}\.({opaque.RANDOM_PATTERN})", text)):
        raise TokenInvalidError
    return match[1]


def key(kind: Kind, secret: str) -> str:
    """Return what the token is found by, which does not tell it."""
    return f"{kind}#{opaque.digest(secret)}"
