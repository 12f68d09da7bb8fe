"""The mails that a running service has sent, and what their links carry."""

import json
import re
import time
import urllib.request
from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import quote

from tests.support.running import Service

PATIENCE_SECONDS = 20
_CARRIED = re.compile(r"https?://[^\s#]+#(\S+)")


def carried(service: Service, email: str, name: str) -> str:
    """Return what stands behind the # of the link that carries ``name``, once it is there."""
    gives_up = time.monotonic() + PATIENCE_SECONDS
    while time.monotonic() < gives_up:
        for mail in _mails(service, email):
            found = _CARRIED.search(mail["text"])
            if found and found[1].startswith(f"{name}="):
                return found[1]
        time.sleep(0.1)
    raise AssertionError(f"No mail with {name} came to {email}")


def code(service: Service, email: str) -> str:
    """Return the eight digits that were mailed, once they are there."""
    challenge = carried(service, email, "challenge")
    return challenge.rpartition("code=")[2]


def _mails(service: Service, email: str) -> Sequence[Mapping[str, Any]]:
    url = f"{service.origin}/_local/outbox.json?to={quote(email)}"
    with urllib.request.urlopen(url, timeout=10) as answer:  # noqa: S310 - the address is our own
        mails: Sequence[Mapping[str, Any]] = json.load(answer)["mails"]
    return mails
