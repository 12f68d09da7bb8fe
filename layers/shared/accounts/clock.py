"""The one clock. Everything that asks for the time asks here, so that tests can set it."""

from datetime import UTC, datetime


def now() -> datetime:
    """Return the current time, aware, in UTC."""
    return datetime.now(UTC)
