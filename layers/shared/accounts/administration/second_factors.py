"""Resetting second factors: for who has lost everything that shows who they are."""

from accounts import clock
from accounts.access import (
    account_changes,
    factor_ends,
    grants,
    recent_proof,
    second_factors,
    session_ends,
)
from accounts.access.authentication import Principal
from accounts.administration.accounts import caller_conditions, find
from accounts.mail import orders
from accounts.storage import audit, users
from accounts.storage.tables import User
from accounts.storage.transactions import retried


def reset(user_id: int, caller: Principal) -> bool:
    """Remove every second factor of the account, sign it out everywhere, and tell the person.

    Returns whether it had any: else nothing is done.

    From then on the password, or a code by mail, opens the account; where its role demands a
    factor, for getting another one alone.

    Raises:
        UserNotFoundError: there is none with this id.
        PermissionMissingError: the account may do something that the caller may not.
        ReauthenticationRequiredError: the caller's last proof is too long ago.
        UserTokenRequiredError: a back-end is calling, and the account governs.
        SessionEndedError: the caller's session has ended meanwhile.
        UnavailableError: DynamoDB or the queue did not answer.
    """
    return retried(lambda: _reset(user_id, caller))


def _reset(user_id: int, caller: Principal) -> bool:
    user = find(user_id)
    # it is half of what it takes to become who the account belongs to
    grants.require_may_take_over(user, caller)
    recent_proof.require_for(user.role, caller)
    if not second_factors.has_any(user):
        return False
    event = audit.event(
        user.id,
        "second_factors_reset",
        second_factors=list(second_factors.names(user)),
        # by who has no account, and whom no rule of ours holds back
        break_glass="yes" if caller.is_operator else None,
    )
    orders.second_factors_reset(user, event)
    actions = [*factor_ends.REMOVED, *users.VOID_TOKENS, User.updated_at.set(clock.now())]
    account_changes.commit(
        [
            *session_ends.end_all_changes(user, actions),
            *factor_ends.removal_changes(user),
            event,
            *caller_conditions(caller, user),
        ]
    )
    return True
