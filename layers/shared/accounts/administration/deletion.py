"""Deleting accounts, with every personal datum but the trail of what was done."""

from accounts.access import account_changes, recent_proof, roles
from accounts.access.authentication import Principal
from accounts.access.deletion import deletion_changes
from accounts.administration.accounts import caller_conditions
from accounts.mail import orders
from accounts.storage import audit, trails, users
from accounts.storage.tables import User
from accounts.storage.transactions import retried


def delete(user_id: int, caller: Principal) -> None:
    """Delete the account, its sessions, and every personal datum but the trail of what was done.

    Raises:
        UserNotFoundError: there is none with this id.
        PermissionMissingError: the account governs in a way that the caller may not.
        ReauthenticationRequiredError: the caller's last proof is too long ago.
        UserTokenRequiredError: a back-end is calling, and the account governs.
        LastAdministratorError: nobody would be left to administer.
        SessionEndedError: the caller's session has ended meanwhile.
        UnavailableError: DynamoDB did not answer; to call again completes what is left.
    """
    retried(lambda: _delete_account(user_id, caller))
    trails.forget_addresses_of(user_id)


def _delete_account(user_id: int, caller: Principal) -> None:
    user = User.find(user_id)
    if user is None:
        # perhaps by an earlier call, which may not have got further
        return
    roles.require_power_over(caller.permissions, user.role)
    recent_proof.require_for(user.role, caller)
    event = audit.event(user.id, trails.DELETED)
    if user.kind == users.PERSON:
        orders.account_deleted(user, event)
    account_changes.commit([*deletion_changes(user), event, *caller_conditions(caller, user)])
