"""Who may be told personal data: whoever may read accounts, at the moment of telling."""

from collections.abc import Mapping

from accounts.events import payloads
from accounts.storage import users
from accounts.storage.tables import Role, User
from accounts.storage.webhooks import Webhook

PERMISSION = "users:read"
_SUFFICE = frozenset({PERMISSION, "*"})


def personal_data(webhook: Webhook, user_id: int) -> Mapping[str, str] | None:
    """Return the account's personal data as of now, or None: it is gone, or it is not for them.

    Raises:
        UnavailableError: DynamoDB did not answer.
    """
    if not _may_read(webhook.maker_id):
        return None
    user = User.find(user_id)
    return payloads.personal_data(user) if user else None


def _may_read(maker_id: int) -> bool:
    maker = User.find(maker_id)
    if maker is None or not users.is_active(maker):
        return False
    role = Role.find(maker.role)
    return role is not None and not _SUFFICE.isdisjoint(role.permissions)
