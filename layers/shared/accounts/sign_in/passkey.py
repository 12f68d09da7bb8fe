"""Logging in with a passkey: the authenticator has the key and verifies who uses it, so it is two.

Nobody says who they are: the passkey does. So nothing here tells whether there is an account.
"""

from typing import NamedTuple

from accounts import logs, metrics
from accounts.access.sessions import Client
from accounts.credentials import (
    budgets,
    passkey_challenges,
    passkey_proofs,
    passkeys,
    throttle,
    webauthn,
)
from accounts.credentials.browser_answers import Assertion
from accounts.credentials.one_time_tokens import Kind
from accounts.credentials.passkey_challenges import ChallengeOverError
from accounts.credentials.passkey_proofs import CounterBackError, WrongPasskeyError
from accounts.credentials.webauthn import CeremonyError
from accounts.errors import ChallengeInvalidError, InvalidPasskeyError
from accounts.mail import factor_notices
from accounts.sign_in import success
from accounts.sign_in.success import LoggedIn
from accounts.storage import users
from accounts.storage.factors import Passkey
from accounts.storage.tables import User
from accounts.storage.transactions import Change, ConditionFailedError, retried, write


class _Proof(NamedTuple):
    """What was answered to a challenge, and what spends that."""

    answer: Assertion
    challenge: str
    spent: Change


def log_in(answer: Assertion, client: Client, device_token: str | None) -> LoggedIn:
    """Begin a session for whose passkey it is, and spend the challenge, in one transaction.

    Raises:
        PasskeysOffError: there are none here.
        ChallengeInvalidError: the challenge is unknown, used or expired.
        InvalidPasskeyError: the passkey is unknown, or not used as it has to be; or the account
            is disabled.
        TooManyRequestsError: either of these, too often from this source address; or the account
            logs in more often than people do.
        UnavailableError: DynamoDB, KMS or the queue did not answer.
    """
    passkeys.rp_id()
    metrics.count("LogIns")
    try:
        return _log_in(answer, client, device_token)
    except ChallengeOverError as error:
        budgets.spend("passkey", client.ip_address)
        raise ChallengeInvalidError from error
    except (CeremonyError, WrongPasskeyError) as error:
        budgets.spend("passkey", client.ip_address)
        raise InvalidPasskeyError from error


def _log_in(answer: Assertion, client: Client, device_token: str | None) -> LoggedIn:
    challenge = webauthn.challenge_of(answer.client_data)
    spent = passkey_challenges.spent(Kind.PASSKEY_LOG_IN, challenge)
    proof = _Proof(answer, challenge, spent)
    try:
        return retried(lambda: _begin(proof, client, device_token))
    except CounterBackError as error:
        passkey = error.passkey
        retried(lambda: _refuse(passkey, proof))
        raise


def _begin(proof: _Proof, client: Client, device_token: str | None) -> LoggedIn:
    if proof.answer.user_handle is None:
        # whose it is, is for the authenticator to say (WebAuthn Level 3 section 7.2, step 6)
        raise WrongPasskeyError
    shown = passkey_proofs.shown(proof.answer, proof.challenge)
    user = _owner(shown.passkey)
    logs.about(user.email)
    # as a log-in on a known device: a password that strangers have switched off is on again
    forgiven = throttle.forgive(throttle.account(user.email))
    try:
        return success.begin(
            user,
            client,
            device_token,
            passkey_proofs.AMR,
            (),
            forgiven,
            shown.noted,
            proof.spent,
        )
    except ConditionFailedError as error:
        if proof.spent in error.failed:
            raise ChallengeOverError from error
        raise


def _owner(passkey: Passkey) -> User:
    user = User.find(passkey.user_id)
    if user is None or not users.is_active(user) or passkey.id not in passkeys.ids_of(user):
        raise WrongPasskeyError
    return user


def _refuse(passkey: Passkey, proof: _Proof) -> None:
    user = _owner(passkey)
    event = factor_notices.passkey_refused(user, passkey.id)
    try:
        write(proof.spent, event)
    except ConditionFailedError as error:
        raise ChallengeOverError from error
