"""Let the embedded SQS keep messages back for a moment only.

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
# for what orders a mail from a process of its own, such as infra.manage, and then does its deed
MOST_SECONDS = 1


class ShortDelays:
    """The SQS of ``application``, with no delay longer than a second."""

    def __init__(self, application: "WSGIApplication") -> None:
        self._application = application

    def __call__(
        self, environ: "WSGIEnvironment", start_response: "StartResponse"
    ) -> Iterable[bytes]:
        """Pass a request on, with its delay cut if it sends a message."""
        if environ.get("HTTP_X_AMZ_TARGET") == SEND_MESSAGE:
            order = json.loads(Request(environ).get_data())
            # without one the queue's own would count
            order["DelaySeconds"] = min(order.get("DelaySeconds", 0), MOST_SECONDS)
            body = json.dumps(order).encode()
            environ["wsgi.input"] = io.BytesIO(body)
            environ["CONTENT_LENGTH"] = str(len(body))
        return self._application(environ, start_response)
