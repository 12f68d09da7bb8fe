"""Pages beside the API, of this machine only: mails, events, and what there is."""

import json
import re
from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from flask import Flask, Response, abort, make_response, render_template, request
from flask.typing import ResponseReturnValue
from werkzeug.middleware.dispatcher import DispatcherMiddleware

from infra.local.events import event_log
from infra.local.events.event_log import EventLog
from infra.local.mail.outbox import KEPT, Mail, Outbox
from infra.local.server import HOST, HOST_IPV6, LOCALHOST

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

# below this, so that they cannot be taken for routes of the API
FOLDER = "/_local"
OWN_HOSTS = frozenset({HOST, f"[{HOST_IPV6}]", LOCALHOST})
OUTBOX = f"{FOLDER}/outbox"
OUTBOX_JSON = f"{FOLDER}/outbox.json"
EVENTS = f"{FOLDER}/events"
EVENTS_JSON = f"{FOLDER}/events.json"
# what the page of the contract has besides
DOCS_SCRIPT = f"{FOLDER}/static/docs.js"
DOCS_STYLE = f"{FOLDER}/static/docs.css"
JSON = "application/json"
HEADERS = {
    # the frames that letters are in inherit it, and letters are styled inline
    "Content-Security-Policy": (
        "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self';"
        " connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    ),
    "Cache-Control": "no-store",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
}


def beside(
    api: "WSGIApplication",
    outbox: Outbox,
    routes: Sequence[str] = (),
    administrator: Mapping[str, str] | None = None,
    events: EventLog | None = None,
) -> "WSGIApplication":
    """Return ``api``, which has these routes, with the pages beside it, all below ``/_local``.

    ``administrator`` is what the page of the contract logs in with: an e-mail and a password.
    """
    pages = _pages(outbox, routes)
    _add_events(pages, events or EventLog())
    if administrator is not None:
        known = dict(administrator)
        pages.add_url_rule("/administrator.json", "administrator", lambda: known)
    below = DispatcherMiddleware(api, {FOLDER: pages})

    def site(environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
        path = environ["REQUEST_URI"].partition("?")[0]
        if path == FOLDER:
            first = {**environ, "SCRIPT_NAME": FOLDER, "PATH_INFO": "/"}
            return pages(first, start_response)
        return below(environ, start_response)

    return site


def _pages(outbox: Outbox, routes: Sequence[str]) -> Flask:
    pages = Flask(__name__)

    @pages.before_request
    def refuse_other_hosts() -> None:
        # a page of another site could otherwise have its host's name lead here and read the mails
        if re.sub(r":\d+$", "", request.host) not in OWN_HOSTS:
            abort(400)

    @pages.get("/")
    def show_what_is_there() -> ResponseReturnValue:
        return render_template("index.html", routes=routes)

    @pages.get("/outbox")
    def show_outbox() -> ResponseReturnValue:
        mails = outbox.mails()
        version = mails[0].id if mails else ""
        response = make_response(
            render_template("outbox.html", mails=mails, kept=KEPT, version=version)
        )
        # what the page's script asks for, to see whether it still shows everything
        response.set_etag(version)
        return response

    @pages.get("/outbox.json")
    def list_mails() -> ResponseReturnValue:
        to = request.args.get("to")
        wanted = (mail for mail in outbox.mails() if to is None or to in mail.recipients)
        mails = {"mails": [_as_json(mail) for mail in wanted]}
        return Response(json.dumps(mails, ensure_ascii=False, indent=2), mimetype=JSON)

    @pages.after_request
    def protect(response: Response) -> Response:
        response.headers.update(HEADERS)
        return response

    return pages


def _add_events(pages: Flask, log: EventLog) -> None:
    @pages.get("/events")
    def show_events() -> ResponseReturnValue:
        events = log.events()
        version = events[0].detail["id"] if events else ""
        response = make_response(
            render_template("events.html", events=events, kept=event_log.KEPT, version=version)
        )
        response.set_etag(version)
        return response

    @pages.get("/events.json")
    def list_events() -> ResponseReturnValue:
        wanted = request.args.get("type")
        told = [e.detail for e in log.events() if wanted is None or e.type == wanted]
        return Response(json.dumps({"events": told}, ensure_ascii=False, indent=2), mimetype=JSON)


def _as_json(mail: Mail) -> dict[str, Any]:
    return {
        "id": mail.id,
        "sent_at": mail.sent_at.isoformat(),
        "from": mail.sender,
        "to": mail.recipients,
        "subject": mail.subject,
        "text": mail.text,
        "html": mail.html,
    }
