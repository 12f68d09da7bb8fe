"""The page /docs, on this machine alone with a button that lets the administrator in."""

from collections.abc import Iterable
from typing import TYPE_CHECKING

from werkzeug import Request, Response

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

PATH = "/docs"
_END = b"</body>"


def with_button(api: "WSGIApplication", script: str, style: str) -> "WSGIApplication":
    """Return ``api``, whose page of the contract has this script and this style, too."""
    added = (
        f'<link rel="stylesheet" href="{style}"><script type="module" src="{script}"></script>'
    ).encode()

    def wrapped(environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
        request = Request(environ)
        if environ["REQUEST_URI"].partition("?")[0] != PATH or request.method != "GET":
            return api(environ, start_response)
        response = Response.from_app(api, environ)
        # what a browser has of it already has the script in it
        response.set_data(response.get_data().replace(_END, added + _END))
        return response(environ, start_response)

    return wrapped
