"""Asking who signs up for a proof that they are no bot, where a provider of such is set."""

from accounts import settings
from accounts.errors import ValidationFailedError


def require_passed(token: str | None, ip_address: str) -> None:
    """Return if ``token`` is what a page got for a person at this address, or nobody is to ask.

    Raises:
        ValidationFailedError: there is none.
        BotCheckFailedError: the provider does not take it.
        UnavailableError: the provider, or what keeps its secret, did not answer.
    """
    if not settings.current().bot_check_url:
        return
    if token is None:
        raise ValidationFailedError.lacks("bot_token")
    # imported here, because it is off in most deployments
    from accounts.credentials import siteverify  # noqa: PLC0415 - see above

    siteverify.require_human(token, ip_address)
