"""One more passkey of one's own. Apart from the others, since it loads what reads WebAuthn."""

from typing import NamedTuple

from accounts.access import account_changes, devices, factor_changes
from accounts.access.authentication import Principal
from accounts.credentials import passkey_challenges, passkey_proofs, passkeys, webauthn
from accounts.credentials.browser_answers import Registration
from accounts.credentials.one_time_tokens import Kind
from accounts.credentials.passkey_challenges import ChallengeOverError
from accounts.credentials.webauthn import CeremonyError
from accounts.errors import (
    ChallengeInvalidError,
    PasskeyExistsError,
    ValidationFailedError,
)
from accounts.mail import orders
from accounts.own_account.passkeys import require_room
from accounts.storage import audit
from accounts.storage.factors import Passkey
from accounts.storage.tables import User
from accounts.storage.transactions import Change, ConditionFailedError, Put, retried


class _New(NamedTuple):
    """A passkey that was made, and what spends the challenge that it was made for."""

    passkey: Passkey
    spent: Change


class Added(NamedTuple):
    """The passkey, and the recovery codes that are made with an account's first factor."""

    passkey: Passkey
    codes: list[str] | None


def add(answer: Registration, label: str | None, caller: Principal) -> Added:
    """Have the new passkey open the caller's account, and return it.

    Without a label it is called as the device that made it. What else comes with the first factor
    of an account: :mod:`accounts.access.factor_changes`.

    Raises:
        PasskeysOffError: there are none here.
        ChallengeInvalidError: the challenge is unknown, used, expired or not this session's.
        ValidationFailedError: the answer is not one to what was asked for.
        PasskeyExistsError: the key is on file already.
        TooManyPasskeysError: the account has as many as it may.
        SessionEndedError: the session has ended meanwhile.
        UnavailableError: DynamoDB, KMS or the queue did not answer.
    """
    try:
        challenge = webauthn.challenge_of(answer.client_data)
        spent = passkey_challenges.spent(Kind.PASSKEY_ENROLMENT, challenge, caller.session)
        called = label or devices.label(caller.session.user_agent)
        passkey = passkey_proofs.made(answer, challenge, caller.user_id, called)
    except ChallengeOverError as error:
        raise ChallengeInvalidError from error
    except CeremonyError as error:
        raise ValidationFailedError.of("credential", str(error)) from error
    return retried(lambda: _add(_New(passkey, spent), caller))


def _add(new: _New, caller: Principal) -> Added:
    user = account_changes.callers_account(caller)
    require_room(user)
    listed = User.passkey_ids.set([*passkeys.ids_of(user), new.passkey.id])
    added = factor_changes.added(user, caller, [listed], passkey_proofs.AMR)
    event = audit.event(user.id, "passkey_added", passkey_id=new.passkey.id)
    orders.passkey_added(user, event)
    put = Put(new.passkey, Passkey.factor.does_not_exist())
    try:
        factor_changes.commit(caller, *added.changes, put, new.spent, event)
    except ConditionFailedError as error:
        _raise_if_final(error, new)
        raise
    return Added(new.passkey, added.codes)


def _raise_if_final(error: ConditionFailedError, new: _New) -> None:
    if any(isinstance(change.item, User) for change in error.failed):
        # not as it was read, so the rest may be its own doing: to be read and tried again
        return
    if new.spent in error.failed:
        raise ChallengeInvalidError from error
    raise PasskeyExistsError from error
