"""What a browser has to know to have somebody sign in with a passkey."""

from accounts.access.sessions import Client
from accounts.credentials import budgets, one_time_tokens, passkey_challenges, passkeys
from accounts.credentials.one_time_tokens import Kind, TokenInvalidError
from accounts.credentials.passkeys import RequestOptions
from accounts.errors import ChallengeInvalidError
from accounts.storage import users
from accounts.storage.transactions import write

# a page asks for them whenever it is shown, and a school has one address
PER_WINDOW = 1000


def begin(client: Client) -> RequestOptions:
    """Return the options of a log-in by whatever passkey somebody has; nobody is looked up.

    Raises:
        PasskeysOffError: there are none here.
        TooManyRequestsError: too many were asked for from this source address.
        UnavailableError: DynamoDB did not answer.
    """
    rp_id = passkeys.rp_id()
    budgets.spend("passkey-options", client.ip_address, PER_WINDOW)
    challenge = passkey_challenges.new(Kind.PASSKEY_LOG_IN)
    write(challenge.kept)
    return RequestOptions(challenge.text, rp_id)


def begin_step(text: str, client: Client) -> RequestOptions:
    """Return the options of the second step of a log-in, by one of the account's passkeys.

    Raises:
        PasskeysOffError: there are none here.
        ChallengeInvalidError: the challenge of the first step is unknown, used, void or expired,
            or its account has no passkey.
        TooManyRequestsError: too many were asked for from this source address.
        UnavailableError: DynamoDB did not answer.
    """
    rp_id = passkeys.rp_id()
    budgets.spend("passkey-options", client.ip_address, PER_WINDOW)
    try:
        token = one_time_tokens.read(Kind.SECOND_FACTOR, text)
    except TokenInvalidError as error:
        raise ChallengeInvalidError from error
    user = users.owner_of_token(token.user_id, token.epoch)
    allowed = passkeys.of(user) if user else ()
    if not allowed:
        raise ChallengeInvalidError
    return RequestOptions(passkey_challenges.of_step(text), rp_id, allowed)
