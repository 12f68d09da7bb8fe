"""What a session keeps of its refresh tokens: a digest of the newest, and what it was given with.

That answer, for who shows the token before once more, is sealed under that token: so the token is
the one before if it opens it. Nothing else is kept of it, since a session that takes more than
1,024 bytes takes a second write unit at each refresh. Sessions that were refreshed by an earlier
release last have it in another form until the next time.
"""

from datetime import datetime
from typing import NamedTuple

from pynamodb.expressions.update import Action

from accounts.credentials import opaque, sealing
from accounts.credentials.opaque import RefreshToken
from accounts.credentials.sealing import SealBrokenError
from accounts.storage.tables import UserSession
from accounts.storage.transactions import Update

_PURPOSE = "refresh token child"
_FORMER = (
    UserSession.refresh_family_hash,
    UserSession.refresh_token_hash,
    UserSession.previous_token_hash,
    UserSession.rotated_at,
    UserSession.sealed_child,
    UserSession.access_signature,
    UserSession.access_issued_at,
    UserSession.refreshes_paced_until,
)


def _is_former(session: UserSession) -> bool:
    # PynamoDB has no type for an attribute that may be missing
    newest: bytes | None = session.newest
    return newest is None


class Given(NamedTuple):
    """What a refresh gave: the next refresh token, and what makes the same access token again.

    What an early release rotated has no ``signature``: it is empty, and so good for nothing.
    """

    token: RefreshToken
    signature: bytes
    issued_at: int
    at: datetime


def begin(session: UserSession, token: RefreshToken) -> None:
    """Have the session, not yet stored, be that of the token."""
    session.family = opaque.digest_bytes(token.family)
    session.newest = opaque.digest_bytes(token.secret)


def is_of(session: UserSession, token: RefreshToken) -> bool:
    """Say whether the token, or one that replaced it, is the session's."""
    return opaque.matches(token.family, session.family or session.refresh_family_hash)


def is_newest(session: UserSession, token: RefreshToken) -> bool:
    """Say whether the token is the one that was given out last."""
    return opaque.matches(token.secret, session.newest or session.refresh_token_hash)


def paced_until(session: UserSession) -> datetime | None:
    """Return until when refreshes of the session are paced."""
    return session.refreshes_paced_until if _is_former(session) else session.paced


def rotated(session: UserSession, token: RefreshToken, given: Given, *also: Action) -> Update:
    """Return the change by which the newest token gives way to the next, and ``also`` is done."""
    actions = [
        UserSession.newest.set(opaque.digest_bytes(given.token.secret)),
        UserSession.child.set(
            sealing.seal_bytes(given.token.secret, under=token.secret, purpose=_PURPOSE)
        ),
        UserSession.signature.set(given.signature),
        UserSession.issued.set(given.issued_at),
        UserSession.rotated.set(given.at),
        *also,
    ]
    if not _is_former(session):
        return Update(session, UserSession.newest == session.newest, actions)
    family = UserSession.family.set(opaque.digest_bytes(token.family))
    former = [attribute.remove() for attribute in _FORMER]
    as_read = UserSession.refresh_token_hash == session.refresh_token_hash
    return Update(session, as_read, [*actions, family, *former])


def given_for(session: UserSession, token: RefreshToken) -> Given | None:
    """Return what the token was replaced with, if it is the one before the newest."""
    if _is_former(session):
        return _given_formerly(session, token)
    try:
        secret = sealing.unseal_bytes(session.child or b"", under=token.secret, purpose=_PURPOSE)
    except SealBrokenError:
        return None
    given = token._replace(secret=secret)
    return Given(given, session.signature, session.issued, session.rotated)


def _given_formerly(session: UserSession, token: RefreshToken) -> Given | None:
    if not opaque.matches(token.secret, session.previous_token_hash):
        return None
    secret = sealing.unseal(session.sealed_child, under=token.secret, purpose=_PURPOSE)
    issued_at = session.access_issued_at or int(session.rotated_at.timestamp())
    given = token._replace(secret=secret)
    return Given(given, session.access_signature or b"", issued_at, session.rotated_at)
