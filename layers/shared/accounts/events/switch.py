"""Whether this deployment tells anybody of events: a parameter, off until somebody wants it."""

from accounts import settings
from accounts.errors import WebhooksOffError


def require_on() -> None:
    """Return if it does.

    Raises:
        WebhooksOffError: it does not.
    """
    if not settings.events().events:
        raise WebhooksOffError
