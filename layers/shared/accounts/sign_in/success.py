"""What follows once a person has proved who they are: a session, its tokens, a known device."""

from collections.abc import Sequence
from typing import NamedTuple

from pynamodb.expressions.update import Action

from accounts import settings
from accounts.access import enrolment, recent_roles, sessions
from accounts.access.sessions import Client
from accounts.credentials import device_tokens, pace, signing
from accounts.storage import audit, places
from accounts.storage.tables import User, UserSession
from accounts.storage.transactions import Change


class LoggedIn(NamedTuple):
    """A successful log-in; the device token is for the next one from there.

    ``second_factor_required`` says that the session is for getting one, and for nothing else yet.
    """

    access_token: str
    expires_in: int
    refresh_token: str
    user: User
    device_token: str
    second_factor_required: bool | None


class Challenged(NamedTuple):
    """A first proof was right, and the account asks for another: what to show that one with."""

    challenge: str
    factors: Sequence[str]
    expires_in: int


def begin(
    user: User,
    client: Client,
    device_token: str | None,
    amr: Sequence[str],
    actions: Sequence[Action],
    *also: Change,
) -> LoggedIn:
    """Begin a session, together with ``actions`` on the user and what is to be done ``also``.

    It stands on the user being as read; ``amr`` is how they have proved who they are (RFC 8176).

    Raises:
        TooManyRequestsError: the account logs in more often than people do.
        ConditionFailedError: the user is no longer as read, or a condition of ``also`` failed.
        UnavailableError: DynamoDB, KMS or the queue did not answer.
    """
    session, refresh_token = sessions.new_session(user, client, amr)
    issued_at = int(session.created_at.timestamp())
    role = recent_roles.find(user.role)
    session.enrolment_due = enrolment.is_due(user, role) or None
    permissions = enrolment.permitted(session, role)
    pair = signing.token_pair(session, permissions, refresh_token, issued_at)
    device, known_devices = device_tokens.welcome(user, device_token)
    paced = User.log_ins_paced_until.set(pace.LOG_INS.next(user.log_ins_paced_until))
    told = _told_of_new_device(user, device_token, session)
    noted = [
        User.shard.set(places.shard(user.id)),
        User.last_log_in.set(places.by_time(session.created_at, user.id)),
    ]
    sessions.begin(user, session, [*known_devices, paced, *noted, *actions], *also, *told)
    return LoggedIn(
        pair.access_token,
        pair.expires_in,
        pair.refresh_token,
        user,
        device,
        second_factor_required=session.enrolment_due,
    )


def _told_of_new_device(
    user: User, device_token: str | None, session: UserSession
) -> Sequence[Change]:
    if not settings.current().new_device_notices:
        return ()
    if device_tokens.is_known(user, device_tokens.digest(device_token)):
        return ()
    # imported here, because it is off in most deployments
    from accounts.access import devices  # noqa: PLC0415 - see above
    from accounts.mail import orders  # noqa: PLC0415 - see above

    event = audit.event(user.id, "device_new", session_id=session.session_id)
    orders.new_device(
        user, event, device=devices.label(session.user_agent), ip_address=session.ip_address
    )
    return [event]
