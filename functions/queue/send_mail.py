"""Mail queue - send the mail that other functions ordered."""

from accounts.mail.queue import handler

__all__ = ["handler"]
