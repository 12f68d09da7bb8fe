"""What a customer's own back-end does for its page where a new password is set."""

import urllib.request
from dataclasses import dataclass, field
from urllib.error import HTTPError

SET_PASSWORD = "/api/v1/server/users/passw/set_new_passw"  # noqa: S105 - a path
TIMEOUT_SECONDS = 30


@dataclass(frozen=True)
class Answer:
    """What the API answered: a status and JSON."""

    status: int
    body: bytes


@dataclass(frozen=True)
class BackEnd:
    """A back-end that knows where the API is and holds a service token for it."""

    api_url: str
    service_token: str = field(repr=False)

    def set_password(self, body: bytes) -> Answer:
        """Pass on what the page sent, as the back-end that may, and return the API's answer."""
        request = urllib.request.Request(  # noqa: S310 - the address is our own
            self.api_url + SET_PASSWORD,
            method="PUT",
            data=body,
            headers={
                "Authorization": f"Bearer {self.service_token}",
                "Content-Type": "application/json",
            },
        )
        # no proxy: the address is on this machine
        opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
        try:
            with opener.open(request, timeout=TIMEOUT_SECONDS) as answer:
                return Answer(answer.status, answer.read())
        except HTTPError as refusal:
            with refusal:
                return Answer(refusal.code, refusal.read())
