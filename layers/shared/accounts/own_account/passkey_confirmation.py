"""Confirming who one is by a passkey. Only what needs it imports this: it loads fido2."""

from accounts.access import factor_passkeys
from accounts.access.authentication import Principal
from accounts.access.factor_codes import Proof, WrongCodeError
from accounts.access.factor_passkeys import CopiedPasskeyError
from accounts.credentials import passkey_challenges, passkeys, webauthn
from accounts.credentials.browser_answers import Assertion
from accounts.credentials.one_time_tokens import Kind
from accounts.credentials.passkey_challenges import ChallengeOverError
from accounts.credentials.webauthn import CeremonyError
from accounts.errors import ChallengeInvalidError
from accounts.mail import factor_notices
from accounts.storage.tables import User
from accounts.storage.transactions import write


def check(caller: Principal, user: User, answer: Assertion) -> Proof:
    """Return the proof that the use of a passkey is, with what spends the caller's challenge.

    Raises:
        WrongCodeError: the passkey is not theirs, or its use is not what was asked for.
        ChallengeInvalidError: the challenge is unknown, used, expired or not this session's.
        PasskeysOffError: there are none here.
        UnavailableError: DynamoDB or the queue did not answer.
    """
    passkeys.rp_id()
    try:
        challenge = webauthn.challenge_of(answer.client_data)
        spent = passkey_challenges.spent(Kind.PASSKEY_CONFIRMATION, challenge, caller.session)
        proof = factor_passkeys.check(user, answer, challenge)
    except ChallengeOverError as error:
        raise ChallengeInvalidError from error
    except CeremonyError as error:
        raise WrongCodeError from error
    except CopiedPasskeyError as error:
        write(factor_notices.passkey_refused(user, error.passkey.id))
        raise
    return Proof(proof.amr, [*proof.changes, spent])
