"""Passkeys being made and used, as far as the table knows them.

Only what needs it imports this: it loads fido2.
"""

from typing import NamedTuple

from accounts import clock, logs, settings
from accounts.credentials import passkeys, webauthn
from accounts.credentials.browser_answers import Assertion, Registration
from accounts.credentials.webauthn import CeremonyError, RelyingParty, Use
from accounts.storage.factors import Passkey
from accounts.storage.transactions import Change, Update

# RFC 8176: the possession of a key, and several factors, as the authenticator verifies its user
AMR = ("pop", "mfa")


class WrongPasskeyError(Exception):
    """The passkey is nobody's here, or its use is not what was asked for."""


class CounterBackError(WrongPasskeyError):
    """A key that is in one place alone has counted back: somebody may have copied it."""

    def __init__(self, passkey: Passkey) -> None:
        super().__init__(passkey.id)
        self.passkey = passkey


class Shown(NamedTuple):
    """A passkey that was used, and the change that notes it, on condition that it is as read."""

    passkey: Passkey
    noted: Change

    @property
    def user_id(self) -> int:
        """Return whose it is."""
        owner: int = self.passkey.user_id
        return owner


def made(answer: Registration, challenge: str, user_id: int, label: str) -> Passkey:
    """Return the passkey that was made for ``challenge``, not yet stored.

    Raises:
        CeremonyError: the answer is not one to what was asked for.
    """
    credential = webauthn.created(answer, challenge, _party())
    passkey = passkeys.keyed(passkeys.id_of(credential.id))
    passkey.user_id = user_id
    passkey.credential_id, passkey.public_key = credential.id, credential.public_key
    passkey.sign_count = credential.counter
    passkey.backup_eligible = credential.is_backup_eligible
    passkey.backed_up = credential.is_backed_up
    passkey.transports = list(answer.transports)
    passkey.label, passkey.created_at = label, clock.now()
    return passkey


def shown(answer: Assertion, challenge: str) -> Shown:
    """Return the passkey that was used for ``challenge``, which is in base64url.

    Raises:
        WrongPasskeyError: see there.
        CounterBackError: likewise.
        UnavailableError: DynamoDB did not answer.
    """
    passkey = Passkey.find(passkeys.keyed(passkeys.id_of(answer.credential_id)).factor)
    if passkey is None:
        raise WrongPasskeyError
    try:
        use = webauthn.used(answer, passkey.public_key, challenge, _party())
    except CeremonyError as error:
        raise WrongPasskeyError from error
    if answer.user_handle not in (None, passkeys.handle(passkey.user_id)):
        raise WrongPasskeyError
    if use.is_backup_eligible != passkey.backup_eligible:
        raise WrongPasskeyError
    _check_counter(passkey, use)
    as_read = Passkey.factor.exists() & (Passkey.sign_count == passkey.sign_count)
    actions = [
        # the highest, so that what counts back is noticed each time
        Passkey.sign_count.set(max(use.counter, passkey.sign_count)),
        Passkey.backed_up.set(use.is_backed_up),
        Passkey.last_used_at.set(clock.now()),
    ]
    return Shown(passkey, Update(passkey, as_read, actions))


def _check_counter(passkey: Passkey, use: Use) -> None:
    # one that says 0 for good does not count (WebAuthn Level 3 section 6.1.1)
    if use.counter > passkey.sign_count or use.counter == passkey.sign_count == 0:
        return
    if not passkey.backed_up:
        raise CounterBackError(passkey)
    # where it is in several places, each may count for itself
    logs.security("passkey_counter_back", user_id=passkey.user_id, session_id="")


def _party() -> RelyingParty:
    return RelyingParty(passkeys.rp_id(), settings.passkeys().passkey_origins)
