"""A passkey as a second factor. Only what needs it imports this: it loads what reads WebAuthn."""

from accounts.access.factor_codes import Proof, WrongCodeError
from accounts.credentials import passkey_proofs, passkeys
from accounts.credentials.browser_answers import Assertion
from accounts.credentials.passkey_proofs import CounterBackError, WrongPasskeyError
from accounts.storage.factors import Passkey
from accounts.storage.tables import User


class CopiedPasskeyError(WrongCodeError):
    """It is one of the account's, but somebody may have copied it: the owner has to be told."""

    def __init__(self, passkey: Passkey) -> None:
        super().__init__(passkey.id)
        self.passkey = passkey


def check(user: User, answer: Assertion, challenge: str) -> Proof:
    """Return the proof that the use of a passkey for ``challenge`` is.

    Raises:
        WrongCodeError: it is none, or the passkey is not of this account.
        CopiedPasskeyError: see there.
        UnavailableError: DynamoDB did not answer.
    """
    if passkeys.id_of(answer.credential_id) not in passkeys.ids_of(user):
        raise WrongCodeError
    try:
        shown = passkey_proofs.shown(answer, challenge)
    except CounterBackError as error:
        raise CopiedPasskeyError(error.passkey) from error
    except WrongPasskeyError as error:
        raise WrongCodeError from error
    if shown.user_id != user.id:
        raise WrongCodeError
    return Proof(passkey_proofs.AMR, [shown.noted])
