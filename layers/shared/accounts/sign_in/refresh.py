"""Refresh tokens: rotated at each use, so that a stolen one gives itself away.

RFC 9700 section 4.14.2. Of two parties who hold the same token only one can use it in time; when
the other one comes, the session ends. A client whose answer was lost, or whose second tab asked
at the same moment, comes within the grace and gets the answer that the first request got.

That answer can be made again from the parent alone: the child is sealed under it, and the access
token is what the session says, with an id made from the child, and a signature that is kept. The
table without the parent yields neither.
"""

from datetime import timedelta
from typing import cast

from accounts import clock, logs, metrics, settings
from accounts.access import enrolment, recent_roles, rotations, session_ends, sessions
from accounts.access.rotations import Given
from accounts.access.sessions import Client
from accounts.credentials import budgets, opaque, pace, signing, tokens
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
    ConditionFailedError,
    retried,
    write,
    write_alone,
)


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
    session = _session(token)
    if rotations.is_newest(session, token):
        return _rotate(session, token)
    if given := _given_of_late(session, token):
        return _repeat(session, given)
    # of several who show it at once, one ends the session, and it is logged and told once
    ends, event = session_ends.end_changes(session, "refresh_token_replayed")
    if user := User.find(session.user_id):
        orders.session_theft(user, event)
    write(ends, event)
    metrics.count("Thefts")
    logs.security("refresh_token_replayed", user_id=session.user_id, session_id=session.session_id)
    raise SessionEndedError


def _session(token: RefreshToken) -> UserSession:
    key = UserSession(user_id=token.user_id, session_id=token.session_id)
    (session,) = recent_roles.find_beside(key)
    return sessions.require_of(token, cast(UserSession | None, session))


def _rotate(session: UserSession, token: RefreshToken) -> TokenPair:
    paced = UserSession.paced.set(pace.REFRESHES.next(rotations.paced_until(session)))
    child = token._replace(secret=opaque.new_secret())
    issued_at = int(clock.now().timestamp())
    # signed first: what is written last is never lost to a failure behind it
    permissions = enrolment.permitted(session, recent_roles.find(session.role))
    pair = signing.token_pair(session, permissions, child, issued_at)
    # the grace begins with the rotation, however long the signature took
    now = clock.now()
    given = Given(child, signing.signature_of(pair.access_token), issued_at, now)
    lives_on = UserSession.expires_at.set(sessions.expiry(session, now))
    noted = UserSession.last_activity.set(now)
    try:
        write_alone(rotations.rotated(session, token, given, paced, noted, lives_on))
    except ConditionFailedError:
        if not _is_done(child):
            raise
    return pair


def _is_done(child: RefreshToken) -> bool:
    # nobody else makes this child: so it was this request, whose first reply was lost. By now
    # another one with the same token may have been given the child, and have used it
    session = _session(child)
    is_newest = rotations.is_newest(session, child)
    return is_newest or rotations.given_for(session, child) is not None


def _given_of_late(session: UserSession, token: RefreshToken) -> Given | None:
    given = rotations.given_for(session, token)
    grace = timedelta(seconds=settings.current().refresh_grace_seconds)
    return given if given and clock.now() < given.at + grace else None


def _repeat(session: UserSession, given: Given) -> TokenPair:
    permissions = enrolment.permitted(session, recent_roles.find(session.role))
    pair = signing.token_pair(session, permissions, given.token, given.issued_at, given.signature)
    try:
        tokens.verify(pair.access_token)
    except TokenInvalidError:
        # the role, what the session may do, or the key that signs, is another by now
        return signing.token_pair(session, permissions, given.token, given.issued_at)
    return pair
