"""See the events that the embedded EventBridge accepts, which moto keeps for nobody."""

import json
from collections.abc import Iterable
from typing import TYPE_CHECKING

from werkzeug import Response

from infra.local.events.event_log import EventLog, SeenEvent
from infra.local.server import body_of

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

PUT_EVENTS = "AWSEvents.PutEvents"


class Bus:
    """The EventBridge of ``application``, with what is put on it kept in ``events``."""

    def __init__(self, application: "WSGIApplication", events: EventLog) -> None:
        self._application = application
        self._events = events

    def __call__(
        self, environ: "WSGIEnvironment", start_response: "StartResponse"
    ) -> Iterable[bytes]:
        """Pass a request on, and keep its events if they were accepted."""
        if environ.get("HTTP_X_AMZ_TARGET") != PUT_EVENTS:
            return self._application(environ, start_response)
        body = body_of(environ)
        response = Response.from_app(self._application, environ, buffered=True)
        if response.status_code == 200:  # noqa: PLR2004 - OK
            accepted = json.loads(response.get_data())["Entries"]
            for entry, result in zip(json.loads(body)["Entries"], accepted, strict=True):
                if "EventId" in result:
                    self._events.add(SeenEvent(entry["DetailType"], json.loads(entry["Detail"])))
        return response(environ, start_response)
