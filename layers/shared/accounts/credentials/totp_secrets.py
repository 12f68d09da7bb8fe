"""The secrets of authenticator apps, as they are kept: sealed by KMS, each for its account alone.

One that is begun waits beside the one in use, if there is one, until a code shows that the app
has it.
"""

from accounts import clock, settings
from accounts.credentials import kms, totp
from accounts.storage.factors import Totp
from accounts.storage.transactions import Change, Delete, Put, Update


def begin(user_id: int, secret: bytes) -> Change:
    """Return the change that has the secret wait to be enabled, in place of one that does.

    Raises:
        UnavailableError: KMS did not answer.
    """
    sealed = kms.encrypt(secret, settings.totp().factor_key_id, _context(user_id))
    actions = [
        Totp.user_id.set(user_id),
        Totp.pending_secret.set(sealed),
        Totp.created_at.set(clock.now()),
    ]
    return Update(_of(user_id), actions=actions)


def imported(user_id: int, secret: bytes) -> Change:
    """Return the change that has a new account use the secret that its app has already.

    Raises:
        UnavailableError: KMS did not answer.
    """
    record = _of(user_id)
    record.user_id = user_id
    record.sealed_secret = kms.encrypt(secret, settings.totp().factor_key_id, _context(user_id))
    record.created_at = clock.now()
    return Put(record)


def enable(user_id: int, code: str) -> Change | None:
    """Return the change that takes the waiting secret into use, if this is a code of it.

    The code is used up by that.

    Raises:
        UnavailableError: DynamoDB or KMS did not answer.
    """
    record = Totp.find(_of(user_id).factor)
    if record is None or not record.pending_secret:
        return None
    step = _step(user_id, record.pending_secret, code, after=0)
    if step is None:
        return None
    actions = [
        Totp.sealed_secret.set(record.pending_secret),
        Totp.pending_secret.remove(),
        Totp.last_step.set(step),
    ]
    return Update(record, Totp.pending_secret == record.pending_secret, actions)


def use(user_id: int, code: str) -> Change | None:
    """Return the change that uses the code up, if it is one of the secret in use, and new.

    Raises:
        UnavailableError: DynamoDB or KMS did not answer.
    """
    record = Totp.find(_of(user_id).factor)
    if record is None or not record.sealed_secret:
        return None
    step = _step(user_id, record.sealed_secret, code, after=record.last_step)
    if step is None:
        return None
    is_new = (Totp.sealed_secret == record.sealed_secret) & (Totp.last_step < step)
    return Update(record, is_new, [Totp.last_step.set(step)])


def removed(user_id: int) -> Change:
    """Return the change that removes both secrets, if there are any."""
    return Delete(_of(user_id))


def _of(user_id: int) -> Totp:
    return Totp(factor=f"{Totp.PREFIX}{user_id}")


def _step(user_id: int, sealed: bytes, code: str, *, after: int) -> int | None:
    secret = kms.decrypt(sealed, settings.totp().factor_key_id, _context(user_id))
    return totp.step_of(secret, code, after=after)


def _context(user_id: int) -> dict[str, str]:
    return {"user_id": str(user_id), "purpose": "totp"}
