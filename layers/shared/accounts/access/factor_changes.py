"""Changes to the second factors of an account.

The first one makes the recovery codes, and ends the sessions that were begun with less than the
account asks for from then on; the last one takes the codes along.
"""

from collections.abc import Sequence
from typing import NamedTuple

from pynamodb.expressions.update import Action

from accounts.access import account_changes, enrolment, second_factors, session_ends, sessions
from accounts.access.authentication import Principal
from accounts.credentials import recovery_codes
from accounts.errors import SessionEndedError
from accounts.storage.tables import User, UserSession
from accounts.storage.transactions import Change, ConditionFailedError, Update, write


class Added(NamedTuple):
    """What adding a factor takes, and the recovery codes that are made with the first one."""

    changes: Sequence[Change]
    codes: list[str] | None


def added(user: User, caller: Principal, actions: Sequence[Action], amr: Sequence[str]) -> Added:
    """Return what it takes to do ``actions``, by which the account has one more factor.

    The caller has shown it, as ``amr`` says (RFC 8176). It stands on the account being as read.

    Raises:
        SessionEndedError: the caller's session has ended meanwhile.
        UnavailableError: KMS did not answer.
    """
    session = caller.session
    caller.session_conditions(within=user.session_ids or [])
    shown = [sessions.proved(session, amr), *enrolment.OVER]
    proved = Update(session, UserSession.session_id.exists(), shown)
    if second_factors.has_any(user):
        return Added([account_changes.in_place(user, actions), proved], None)
    new = recovery_codes.new(user.id)
    ends = session_ends.end_all_changes(user, actions, spare=session.session_id)
    return Added([*ends, proved, new.kept], new.codes)


def removed(
    user: User, caller: Principal, actions: Sequence[Action], *, last: bool
) -> Sequence[Change]:
    """Return what it takes to do ``actions``, by which the account has one factor fewer.

    Raises:
        SecondFactorDemandedError: it is the last one, and the account's role demands one.
        UnavailableError: DynamoDB did not answer.
    """
    parts = [account_changes.in_place(user, actions), *caller.session_conditions()]
    if not last:
        return parts
    enrolment.require_dispensable(user)
    return [*parts, recovery_codes.removed(user.id)]


def commit(caller: Principal, *changes: Change) -> None:
    """Do all of a change to the caller's factors, or none of it.

    Raises:
        SessionEndedError: the caller's session has ended meanwhile.
        ConditionFailedError: something else is not as it was read.
        UnavailableError: DynamoDB did not answer.
    """
    own = caller.session.key()
    try:
        write(*changes)
    except ConditionFailedError as error:
        items = [change.item for change in error.failed]
        if any(isinstance(item, UserSession) and item.key() == own for item in items):
            raise SessionEndedError from error
        raise
