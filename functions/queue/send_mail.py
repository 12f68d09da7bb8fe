"""Mail queue - send the mail that other functions ordered."""

from accounts.mail_queue import handler

__all__ = ["handler"]
