"""A passkey as the second step of a log-in; apart from the codes, which do without WebAuthn."""

from accounts.access import factor_passkeys
from accounts.access.factor_codes import Proof
from accounts.access.factor_passkeys import CopiedPasskeyError
from accounts.access.sessions import Client
from accounts.credentials import passkey_challenges, passkeys
from accounts.credentials.browser_answers import Assertion
from accounts.mail import factor_notices
from accounts.sign_in import second_factor
from accounts.sign_in.success import LoggedIn
from accounts.storage.tables import User
from accounts.storage.transactions import write


def prove(text: str, answer: Assertion, client: Client, device_token: str | None) -> LoggedIn:
    """Begin a session for who has the challenge and a passkey; see :func:`second_factor.prove`.

    Raises:
        PasskeysOffError: there are none here.
    """
    passkeys.rp_id()
    challenge = passkey_challenges.of_step(text)
    return second_factor.prove(
        text, lambda user: _checked(user, answer, challenge), client, device_token
    )


def _checked(user: User, answer: Assertion, challenge: str) -> Proof:
    try:
        return factor_passkeys.check(user, answer, challenge)
    except CopiedPasskeyError as error:
        write(factor_notices.passkey_refused(user, error.passkey.id))
        raise
