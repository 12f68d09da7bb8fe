"""Deleting accounts, with every personal datum but the trail of what was done."""

from collections.abc import Sequence

from accounts.access import (
    account_changes,
    email_changes,
    recent_proof,
    role_holders,
    roles,
    session_ends,
)
from accounts.access.authentication import Principal
from accounts.administration.accounts import caller_conditions
from accounts.credentials import device_tokens, throttle
from accounts.errors import UserNotFoundError
from accounts.mail import orders
from accounts.storage import addresses, audit, users
from accounts.storage.dynamodb import unavailable_on_failure
from accounts.storage.tables import AuditEvent, User
from accounts.storage.transactions import (
    LARGEST_TRANSACTION,
    ConditionFailedError,
    Delete,
    Update,
    retried,
    write,
)

DELETED = "user_deleted"


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
    _forget_addresses_of(user_id)


def _delete_account(user_id: int, caller: Principal) -> None:
    user = User.find(user_id)
    if user is None:
        # perhaps by an earlier call, which may not have got further
        return
    roles.require_power_over(caller.permissions, user.role)
    recent_proof.require_for(user.role, caller)
    event = audit.event(user.id, DELETED)
    if user.kind == users.PERSON:
        orders.account_deleted(user, event)
    account_changes.commit(
        [
            Delete(user, User.version == user.version),
            *(addresses.free(email, user.id) for email in email_changes.all_addresses(user)),
            *session_ends.delete_all_changes(user),
            throttle.clear_failures(user.email),
            *(throttle.clear(throttle.device(device)) for device in device_tokens.devices_of(user)),
            event,
            *role_holders.holder_count_changes(role_holders.holding(user), None),
            *caller_conditions(caller, user),
        ]
    )


def _forget_addresses_of(user_id: int) -> None:
    """Take the person's addresses out of the trail, which an earlier call may have left there."""
    own = AuditEvent.find_all(user_id)
    if not any(event.what == DELETED for event in own):
        raise UserNotFoundError
    with unavailable_on_failure():
        acts = list(AuditEvent.by_actor.query(user_id))
    kept = {event.event_id: event for event in (*own, *acts) if _has_address_of(event, user_id)}
    events = list(kept.values())
    for first in range(0, len(events), LARGEST_TRANSACTION):
        _forget_addresses(events[first : first + LARGEST_TRANSACTION])


def _has_address_of(event: AuditEvent, user_id: int) -> bool:
    # PynamoDB has no type for an attribute that may be missing
    address: str | None = event.ip_address
    return address is not None and event.actor_id in (None, user_id)


def _forget_addresses(events: Sequence[AuditEvent]) -> None:
    parts = [
        Update(event, AuditEvent.event_id.exists(), [AuditEvent.ip_address.remove()])
        for event in events
    ]
    try:
        write(*parts)
    except ConditionFailedError as error:
        # some have reached the end of their time meanwhile
        if left := [part for part in parts if part not in error.failed]:
            write(*left)
