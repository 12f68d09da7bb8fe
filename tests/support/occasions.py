"""What notices tell of, as their orders say it."""

from accounts.mail.messages import Occasion
from accounts.storage.tables import AuditEvent


def occasion(user_id: int, name: str, what: str, epoch: int = 0) -> Occasion:
    """Return the occasion that was last put on record of the account as ``what``."""
    event = [event for event in AuditEvent.find_all(user_id) if event.what == what][-1]
    return Occasion(user_id=user_id, event_id=event.event_id, name=name, language="en", epoch=epoch)
