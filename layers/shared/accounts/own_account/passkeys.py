"""One's own passkeys: what there is, under what name, and without which one."""

import re
from collections.abc import Sequence

from accounts.access import account_changes, factor_changes, recent_proof
from accounts.access.authentication import Principal
from accounts.credentials import passkey_challenges, passkeys
from accounts.credentials.one_time_tokens import Kind
from accounts.credentials.passkeys import CreationOptions, RequestOptions
from accounts.errors import PasskeyNotFoundError, TooManyPasskeysError
from accounts.mail import orders
from accounts.storage import audit
from accounts.storage.factors import Passkey
from accounts.storage.tables import User
from accounts.storage.transactions import Delete, Update, retried


def enrolment_options(caller: Principal) -> CreationOptions:
    """Return what a browser has to know to make one more passkey, which this session may add.

    Raises:
        PasskeysOffError: there are none here.
        ReauthenticationRequiredError: the caller's last proof is too long ago.
        TooManyPasskeysError: the account has as many as it may.
        SessionEndedError: the session has ended meanwhile.
        UnavailableError: DynamoDB did not answer.
    """
    rp_id = passkeys.rp_id()
    recent_proof.require(caller)
    user = account_changes.callers_account(caller)
    require_room(user)
    excluded = passkeys.of(user)
    return CreationOptions(_challenge(Kind.PASSKEY_ENROLMENT, caller), rp_id, user, excluded)


def confirmation_options(caller: Principal) -> RequestOptions:
    """Return what a browser has to know to have the caller confirm who they are by a passkey.

    Raises:
        PasskeysOffError: there are none here.
        PasskeyNotFoundError: the caller has none.
        SessionEndedError: the session has ended meanwhile.
        UnavailableError: DynamoDB did not answer.
    """
    rp_id = passkeys.rp_id()
    allowed = passkeys.of(account_changes.callers_account(caller))
    if not allowed:
        raise PasskeyNotFoundError
    return RequestOptions(_challenge(Kind.PASSKEY_CONFIRMATION, caller), rp_id, allowed)


def of(caller: Principal) -> Sequence[Passkey]:
    """Return the caller's passkeys, oldest first.

    Raises:
        SessionEndedError: the account is gone or disabled.
        UnavailableError: DynamoDB did not answer.
    """
    return passkeys.of(account_changes.callers_account(caller))


def rename(passkey_id: str, label: str, caller: Principal) -> Passkey:
    """Give the passkey another label, and return it.

    Raises:
        PasskeyNotFoundError: the caller has none by this id.
        SessionEndedError: the session has ended meanwhile.
        UnavailableError: DynamoDB did not answer.
    """
    return retried(lambda: _rename(passkey_id, label, caller))


def _rename(passkey_id: str, label: str, caller: Principal) -> Passkey:
    passkey = _find(passkey_id, caller)
    there = Update(passkey, Passkey.user_id == caller.user_id, [Passkey.label.set(label)])
    account_changes.commit([there, *caller.session_conditions()])
    passkey.label = label
    return passkey


def remove(passkey_id: str, caller: Principal) -> None:
    """Have the passkey open nothing any more; what is not the caller's does not exist here.

    Raises:
        SecondFactorDemandedError: it is the last factor, and the caller's role demands one.
        SessionEndedError: the session has ended meanwhile.
        UnavailableError: DynamoDB or the queue did not answer.
    """
    retried(lambda: _remove(passkey_id, caller))


def require_room(user: User) -> None:
    """Return if the account may have one passkey more.

    Raises:
        TooManyPasskeysError: it has as many as it may.
    """
    if len(passkeys.ids_of(user)) >= passkeys.MOST:
        raise TooManyPasskeysError


def _challenge(kind: Kind, caller: Principal) -> str:
    challenge = passkey_challenges.new(kind, caller.session)
    account_changes.commit([challenge.kept, *caller.session_conditions()])
    return challenge.text


def _find(passkey_id: str, caller: Principal) -> Passkey:
    if not re.fullmatch(passkeys.ID_PATTERN, passkey_id):
        raise PasskeyNotFoundError
    passkey = Passkey.find(passkeys.keyed(passkey_id).factor)
    if passkey is None or passkey.user_id != caller.user_id:
        raise PasskeyNotFoundError
    return passkey


def _remove(passkey_id: str, caller: Principal) -> None:
    user = account_changes.callers_account(caller)
    left = [other for other in passkeys.ids_of(user) if other != passkey_id]
    if len(left) == len(passkeys.ids_of(user)):
        return
    listed = User.passkey_ids.set(left) if left else User.passkey_ids.remove()
    is_last = not left and not user.has_totp
    removed = factor_changes.removed(user, caller, [listed], last=is_last)
    event = audit.event(user.id, "passkey_removed", passkey_id=passkey_id)
    orders.passkey_removed(user, event)
    factor_changes.commit(caller, *removed, Delete(passkeys.keyed(passkey_id)), event)
