"""Refresh tokens: rotated at each use, so that a stolen one gives itself away.

RFC 9700 section 4.14.2. Of two parties who hold the same token only one can use it in time; when
the other one comes, the session ends. A client whose answer was lost, or whose second tab asked
at the same moment, comes within the grace and gets the answer that the first request got.

That answer can be made again from the parent alone: the child is sealed under it, and the access
token is what the session says, with an id made from the child, and a signature that is kept. The
table without the parent yields neither.
"""

from datetime import timedelta

from accounts import clock, logs, metrics, settings
from accounts.access import enrolment, roles, session_ends, sessions
from accounts.access.sessions import Client
from accounts.credentials import budgets, opaque, pace, sealing, signing, tokens
from accounts.credentials.opaque import RefreshToken
from accounts.credentials.tokens import TokenPair
from accounts.errors import (
    SessionEndedError,
    TokenInvalidError,
    UnauthorizedError,
)
from accounts.mail import orders
from accounts.storage.tables import User, UserSession
from accounts.storage.transactions import (
    Update,
    retried,
    write,
)

_PURPOSE = "refresh token child"


def refresh(text: str, client: Client) -> TokenPair:
    """Return the next pair of tokens of the session that the refresh token belongs to.

    Raises:
        TokenInvalidError: the text is no refresh token.
        SessionEndedError: the session is over, or is ended now because the token is a replay.
        TooManyRequestsError: either of these, too often from this source address; or the session
            was refreshed more often than people do.
        UnavailableError: DynamoDB or KMS did not answer.
    """
    metrics.count("Refreshes")
    try:
        return _refresh(text)
    except UnauthorizedError:
        budgets.spend("refresh", client.ip_address)
        raise


def _refresh(text: str) -> TokenPair:
    try:
        token = RefreshToken.read(text)
    except opaque.NotATokenError as error:
        raise TokenInvalidError from error
    # anew, if somebody rotated, or ended the session, since it was read
    return retried(lambda: _exchange(token))


def _exchange(token: RefreshToken) -> TokenPair:
    session = sessions.of_refresh_token(token)
    if opaque.matches(token.secret, session.refresh_token_hash):
        return _rotate(session, token)
    if _is_repeated(session, token):
        return _repeat(session, token)
    # of several who show it at once, one ends the session, and it is logged and told once
    ends, event = session_ends.end_changes(session, "refresh_token_replayed")
    if user := User.find(session.user_id):
        orders.session_theft(user, event)
    write(ends, event)
    metrics.count("Thefts")
    logs.security("refresh_token_replayed", user_id=session.user_id, session_id=session.session_id)
    raise SessionEndedError


def _rotate(session: UserSession, token: RefreshToken) -> TokenPair:
    paced_until = pace.REFRESHES.next(session.refreshes_paced_until)
    child = token._replace(secret=opaque.new_secret())
    issued_at = int(clock.now().timestamp())
    # signed first: what is written last is never lost to a failure behind it
    permissions = enrolment.permitted(session, roles.find(session.role))
    pair = signing.token_pair(session, permissions, child, issued_at)
    # the grace begins with the rotation, however long the signature took
    now = clock.now()
    write(
        Update(
            session,
            UserSession.refresh_token_hash == opaque.digest(token.secret),
            [
                UserSession.refresh_token_hash.set(opaque.digest(child.secret)),
                UserSession.previous_token_hash.set(opaque.digest(token.secret)),
                UserSession.sealed_child.set(
                    sealing.seal(child.secret, under=token.secret, purpose=_PURPOSE)
                ),
                UserSession.access_signature.set(signing.signature_of(pair.access_token)),
                UserSession.access_issued_at.set(issued_at),
                UserSession.rotated_at.set(now),
                UserSession.refreshes_paced_until.set(paced_until),
                UserSession.last_activity.set(now),
                UserSession.expires_at.set(sessions.expiry(session, now)),
            ],
        )
    )
    return pair


def _is_repeated(session: UserSession, token: RefreshToken) -> bool:
    if not opaque.matches(token.secret, session.previous_token_hash):
        return False
    grace = timedelta(seconds=settings.current().refresh_grace_seconds)
    return bool(clock.now() < session.rotated_at + grace)


def _repeat(session: UserSession, token: RefreshToken) -> TokenPair:
    secret = sealing.unseal(session.sealed_child, under=token.secret, purpose=_PURPOSE)
    child = token._replace(secret=secret)
    permissions = enrolment.permitted(session, roles.find(session.role))
    signature = session.access_signature
    # as rotated by an earlier release, it has neither
    issued_at = session.access_issued_at or int(session.rotated_at.timestamp())
    pair = signing.token_pair(session, permissions, child, issued_at, signature)
    try:
        tokens.verify(pair.access_token)
    except TokenInvalidError:
        # the role, what the session may do, or the key that signs, is another by now
        return signing.token_pair(session, permissions, child, issued_at)
    return pair
