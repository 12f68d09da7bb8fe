"""A new set of recovery codes of one's own."""

from accounts.access import account_changes, factor_changes, second_factors
from accounts.access.authentication import Principal
from accounts.credentials import recovery_codes
from accounts.errors import NoSecondFactorError
from accounts.mail import orders
from accounts.storage import audit
from accounts.storage.transactions import retried


def renew(caller: Principal) -> list[str]:
    """Return ten new recovery codes for the caller, whose others are void from now on.

    Raises:
        NoSecondFactorError: the caller's password alone opens their account.
        SessionEndedError: the session has ended meanwhile.
        UnavailableError: DynamoDB, KMS or the queue did not answer.
    """
    return retried(lambda: _renew(caller))


def _renew(caller: Principal) -> list[str]:
    user = account_changes.callers_account(caller)
    if not second_factors.has_any(user):
        raise NoSecondFactorError
    new = recovery_codes.new(user.id)
    event = audit.event(user.id, "recovery_codes_renewed")
    orders.recovery_codes_renewed(user, event)
    as_read = account_changes.in_place(user, ())
    factor_changes.commit(caller, as_read, new.kept, event, *caller.session_conditions())
    return new.codes
