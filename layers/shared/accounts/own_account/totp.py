"""One's own authenticator app: begun, enabled by a code of it, disabled."""

from dataclasses import dataclass

from accounts.access import account_changes, factor_changes, factor_codes
from accounts.access.authentication import Principal
from accounts.credentials import totp, totp_secrets
from accounts.errors import ValidationFailedError
from accounts.mail import orders
from accounts.storage import audit
from accounts.storage.tables import User
from accounts.storage.transactions import retried


@dataclass(frozen=True)
class NewSecret:
    """A secret as given out, once: to be typed, opened on the same device, or scanned."""

    secret: str
    uri: str
    qr_svg: str


def begin(caller: Principal) -> NewSecret:
    """Return a new secret for the caller's app, which waits for a code of it.

    The one in use, if there is one, stays in use until then.

    Raises:
        SessionEndedError: the session has ended meanwhile.
        UnavailableError: DynamoDB or KMS did not answer.
    """
    # imported here, because nothing else takes it
    from accounts.own_account import qr_codes  # noqa: PLC0415 - see above

    secret = totp.new_secret()
    waiting = totp_secrets.begin(caller.user_id, secret)

    def store() -> None:
        user = account_changes.callers_account(caller)
        # so that whatever ends the account or its factors finds it
        begun = account_changes.in_place(user, [User.has_totp.set(bool(user.has_totp))])
        factor_changes.commit(caller, begun, waiting, *caller.session_conditions())

    retried(store)
    uri = totp.uri(secret, caller.session.email)
    return NewSecret(totp.text(secret), uri, qr_codes.svg(uri))


def enable(caller: Principal, code: str) -> list[str] | None:
    """Take the secret that waits into use, as the code shows that the app has it.

    Returns the recovery codes, if it is the account's first factor.

    Raises:
        ValidationFailedError: it is no code of now, or nothing was begun.
        SessionEndedError: the session has ended meanwhile.
        UnavailableError: DynamoDB, KMS or the queue did not answer.
    """
    return retried(lambda: _enable(caller, code))


def disable(caller: Principal) -> None:
    """Remove the caller's app, if they have one or have begun with one.

    Raises:
        SecondFactorDemandedError: it is their last factor, and their role demands one.
        SessionEndedError: the session has ended meanwhile.
        UnavailableError: DynamoDB or the queue did not answer.
    """
    retried(lambda: _disable(caller))


def _enable(caller: Principal, code: str) -> list[str] | None:
    user = account_changes.callers_account(caller)
    enabled = totp_secrets.enable(user.id, code)
    if enabled is None:
        raise ValidationFailedError.of("code", "This is not a code of the new secret")
    added = factor_changes.added(user, caller, [User.has_totp.set(True)], factor_codes.AMR)
    event = audit.event(user.id, "totp_enabled")
    orders.totp_enabled(user, event)
    factor_changes.commit(caller, *added.changes, enabled, event)
    return added.codes


def _disable(caller: Principal) -> None:
    user = account_changes.callers_account(caller)
    # PynamoDB has no type for an attribute that may be missing
    has_totp: bool | None = user.has_totp
    if has_totp is None:
        return
    is_last = has_totp and not user.passkey_ids
    parts = factor_changes.removed(user, caller, [User.has_totp.remove()], last=is_last)
    changes = [*parts, totp_secrets.removed(user.id)]
    if has_totp:
        event = audit.event(user.id, "totp_disabled")
        orders.totp_disabled(user, event)
        changes.append(event)
    factor_changes.commit(caller, *changes)
