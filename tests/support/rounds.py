"""How many calls to AWS come one after another: those under way at once count once."""

from typing import Any

from botocore.client import BaseClient

from accounts import parallel
from tests.support.aws_calls import Send


class Rounds:
    """Counts the longest chain of calls in which each waits for the one before."""

    def __init__(self, send: Send) -> None:
        """Stand before ``send``."""
        self._send = send
        self.number = 0

    def __call__(self, client: BaseClient, operation: str, arguments: dict[str, Any]) -> object:
        """Send the call on; those that are made while it is under way count beside it."""
        before = self.number
        # as a connection does, of which there are none here
        parallel.under_way()
        try:
            return self._send(client, operation, arguments)
        finally:
            self.number = max(self.number, before + 1)
