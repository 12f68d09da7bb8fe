"""Ending a lock-out: for who has forgotten the password, and has it again."""

from collections.abc import Iterable

from accounts.access import account_changes, recent_proof, roles
from accounts.access.authentication import Principal
from accounts.administration.accounts import caller_conditions, find
from accounts.credentials import device_tokens, throttle
from accounts.storage import audit
from accounts.storage.tables import LoginAttempt, User
from accounts.storage.transactions import Check, retried


def unblock(user_id: int, caller: Principal) -> User:
    """Have the account's failures at password and second factor begin anew, and return it.

    Those from its own devices too, of which one that was used up is known again.

    Raises:
        UserNotFoundError: there is none with this id.
        PermissionMissingError: the account governs in a way that the caller may not.
        ReauthenticationRequiredError: the caller's last proof is too long ago.
        UserTokenRequiredError: a back-end is calling, and the account governs.
        SessionEndedError: the caller's session has ended meanwhile.
        UnavailableError: DynamoDB did not answer.
    """
    return retried(lambda: _unblock(user_id, caller))


def _unblock(user_id: int, caller: Principal) -> User:
    user = find(user_id)
    roles.require_power_over(caller.permissions, user.role)
    # whoever has it unblocked may guess on
    recent_proof.require_for(user.role, caller)
    account_changes.commit(
        [
            # the failures are kept by the address
            Check(user, User.email == user.email),
            *(throttle.clear(pool) for pool in _pools(user)),
            audit.event(user.id, "user_unblocked"),
            *caller_conditions(caller, user),
        ]
    )
    return user


def _pools(user: User) -> Iterable[LoginAttempt]:
    yield throttle.account(user.email)
    yield throttle.second_factor(user, None)
    for device in device_tokens.devices_of(user):
        yield throttle.device(device)
        yield throttle.second_factor(user, device)
