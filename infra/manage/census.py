"""How people of a file come: what they will notice, in numbers."""

from dataclasses import dataclass

from accounts.storage import users
from accounts.storage.tables import User


@dataclass
class Census:
    """Counts of people."""

    with_password: int = 0
    without_password: int = 0
    not_confirmed: int = 0
    disabled: int = 0
    with_app: int = 0

    def add(self, user: User, *, has_app: bool) -> None:
        """Count somebody."""
        self.with_password += user.password_hash is not None
        self.without_password += user.password_hash is None
        self.not_confirmed += not users.has_confirmed_email(user)
        self.disabled += not users.is_active(user)
        self.with_app += has_app
