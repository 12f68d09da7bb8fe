"""Webhook queue - deliver events to webhooks."""

from accounts.events.queue import handler

__all__ = ["handler"]
