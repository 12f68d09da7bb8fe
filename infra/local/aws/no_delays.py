"""Let the embedded SQS hand every message out at once.

On AWS an order is delayed until the function that gave it has ended for certain. Here whoever polls
the queue waits for that end itself, and nobody wants to watch an empty outbox for 20 seconds.
"""

import io
import json
from collections.abc import Iterable
from typing import TYPE_CHECKING

from werkzeug import Request

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

SEND_MESSAGE = "AmazonSQS.SendMessage"


class NoDelays:
    """The SQS of ``application``, which keeps no message back."""

    def __init__(self, application: "WSGIApplication") -> None:
        self._application = application

    def __call__(
        self, environ: "WSGIEnvironment", start_response: "StartResponse"
    ) -> Iterable[bytes]:
        """Pass a request on, without a delay if it sends a message."""
        if environ.get("HTTP_X_AMZ_TARGET") == SEND_MESSAGE:
            # 0 and not absent, or the queue's own would count
            order = {**json.loads(Request(environ).get_data()), "DelaySeconds": 0}
            body = json.dumps(order).encode()
            environ["wsgi.input"] = io.BytesIO(body)
            environ["CONTENT_LENGTH"] = str(len(body))
        return self._application(environ, start_response)
