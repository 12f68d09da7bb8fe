"""Keep the latest mails that were sent."""

import threading
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

KEPT = 200


@dataclass(frozen=True)
class Mail:
    """A mail as SES took it, under the id that SES gave it."""

    id: str
    sent_at: datetime
    sender: str
    recipients: tuple[str, ...]
    subject: str
    text: str
    html: str


class Outbox:
    """The latest mails; ``on_mail`` is called with each."""

    def __init__(self, on_mail: Callable[[Mail], None] | None = None) -> None:
        self._on_mail = on_mail
        self._mails: deque[Mail] = deque(maxlen=KEPT)
        self._lock = threading.Lock()

    def add(self, mail: Mail) -> None:
        """Keep a mail, in place of the oldest if there are many."""
        with self._lock:
            self._mails.appendleft(mail)
        if self._on_mail:
            self._on_mail(mail)

    def mails(self) -> tuple[Mail, ...]:
        """Return the mails, newest first."""
        with self._lock:
            return tuple(self._mails)
