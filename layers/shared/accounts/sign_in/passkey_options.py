"""What a browser has to know to have somebody sign in with a passkey."""

from accounts.access.sessions import Client
from accounts.credentials import budgets, passkey_challenges, passkeys
from accounts.credentials.one_time_tokens import Kind
from accounts.credentials.passkeys import RequestOptions
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
