"""Stream of the trail - tell the bus and the webhooks of what happened."""

from accounts.events.publishing import handler

__all__ = ["handler"]
