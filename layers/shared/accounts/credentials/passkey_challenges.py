"""The challenges that passkeys sign: each for one thing, once, within five minutes.

WebAuthn asks for 16 random bytes at least (Level 3 section 13.4.3): here they are the 32 of a
one-time token's secret, of which the table has but a digest. One that was asked for on a session
is of use to no other. The second step of a log-in has a challenge already: what is signed is made
of that, and so is over with it.
"""

import hashlib
from typing import NamedTuple

from accounts.credentials import one_time_tokens, opaque
from accounts.credentials.one_time_tokens import Kind, TokenInvalidError
from accounts.storage.tables import UserSession
from accounts.storage.transactions import Change

SECONDS = 300


class ChallengeOverError(Exception):
    """There is no such challenge for this, or it is used or expired."""


class NewChallenge(NamedTuple):
    """A challenge in base64url, as WebAuthn has it; it counts from when ``kept`` is written."""

    text: str
    kept: Change


def new(kind: Kind, session: UserSession | None = None) -> NewChallenge:
    """Return a new challenge, for a session if somebody is signed in."""
    token = one_time_tokens.new(
        kind,
        session.user_id if session else None,
        SECONDS,
        session_id=session.session_id if session else None,
    )
    return NewChallenge(token.text.removeprefix(one_time_tokens.text_of(kind, "")), token.kept)


def spent(kind: Kind, challenge: str, session: UserSession | None = None) -> Change:
    """Return the part of the challenge in the transaction that uses it, which only one can.

    Raises:
        ChallengeOverError: see there.
        UnavailableError: DynamoDB did not answer.
    """
    try:
        token = one_time_tokens.read(kind, one_time_tokens.text_of(kind, challenge))
    except TokenInvalidError as error:
        raise ChallengeOverError from error
    if token.session_id != (session.session_id if session else None):
        raise ChallengeOverError
    return token.spent


def of_step(challenge: str) -> str:
    """Return what a passkey signs as the second step of the log-in with this challenge."""
    digest = hashlib.sha256(f"passkey for {challenge}".encode()).digest()
    return opaque.base64url(digest)
