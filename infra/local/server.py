"""Serve WSGI applications on a port of this machine, in threads of this process."""

import errno
import io
import json
import logging
import socket
import threading
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from http import HTTPStatus
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from werkzeug import Request
from werkzeug.serving import WSGIRequestHandler, make_server

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

HOST = "127.0.0.1"
HOST_IPV6 = "::1"
# which means either of them, and first the one that the machine prefers
LOCALHOST = "localhost"
RAW_HEADERS = "infra.raw_headers"
RAW_TARGET = "infra.raw_target"

log = logging.getLogger(__name__)


class PortError(Exception):
    """The port cannot be listened on; the text says why."""


class RequestHandler(WSGIRequestHandler):
    """Werkzeug's handler, which also hands on what WSGI hides.

    WSGI joins repeated headers, drops those with an underscore and decodes the path; API Gateway
    treats cookies, and paths that begin with two slashes, differently.
    """

    def make_environ(self) -> "WSGIEnvironment":
        """Return the WSGI environment with the headers and the target as they came."""
        environ = super().make_environ()
        environ[RAW_HEADERS] = tuple(self.headers.items())
        environ[RAW_TARGET] = _origin_form(self.requestline.split()[1])
        return environ

    def send_response(self, code: int, message: str | None = None) -> None:  # noqa: ARG002 - Werkzeug shouts it
        """Begin an answer, with the status's phrase as the standard spells it."""
        super().send_response(code)

    def send_error(
        self,
        code: int,
        message: str | None = None,  # noqa: ARG002 - what the parser found is not for the caller
        explain: str | None = None,  # noqa: ARG002 - as message
    ) -> None:
        """Answer what is not even a request in JSON, as the gateway answers everything."""
        body = json.dumps({"message": HTTPStatus(code).phrase}).encode()
        self.close_connection = True
        # to what it cannot read the parser would answer in HTTP/0.9, without a status
        self.request_version = self.protocol_version
        self.send_response(code)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.send_header("Connection", "close")
        self.end_headers()
        self.wfile.write(body)

    def log(self, type: str, message: str, *args: object) -> None:  # noqa: A002 - Werkzeug's name
        """Log what goes wrong; each request is logged by the function that answers it."""
        if type == "error":
            log.error(message.rstrip(), *args)


def listen(port: int) -> socket.socket:
    """Return a socket that listens on ``port``, or on a free one if that is 0.

    Raises:
        PortError: another program does already, or this one may not.
    """
    return _listen(HOST, port, socket.AF_INET)


def listen_as_localhost(port: int) -> tuple[socket.socket, ...]:
    """Return sockets that listen on ``port`` wherever localhost leads: IPv4, and IPv6 if there is.

    On one alone, another program on the other would be taken for this one.

    Raises:
        PortError: another program does already, or this one may not.
    """
    while True:
        ipv4 = listen(port)
        try:
            return ipv4, _listen(HOST_IPV6, ipv4.getsockname()[1], socket.AF_INET6)
        except PortError:
            ipv4.close()
            if port:
                raise
        except OSError as error:
            if error.errno not in (errno.EADDRNOTAVAIL, errno.EAFNOSUPPORT):
                ipv4.close()
                raise
            return (ipv4,)


def address(listener: socket.socket) -> str:
    """Return the URL of what is served on ``listener``."""
    host, port = listener.getsockname()[:2]
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"


@contextmanager
def serving(
    application: "WSGIApplication",
    listener: socket.socket,
    handler: type[WSGIRequestHandler] = RequestHandler,
) -> Iterator[str]:
    """Serve ``application`` on ``listener`` while the context lasts; gives the address."""
    host, port = listener.getsockname()[:2]
    server = make_server(
        host, port, application, threaded=True, request_handler=handler, fd=listener.fileno()
    )
    thread = threading.Thread(target=lambda: server.serve_forever(poll_interval=0.05), daemon=True)
    thread.start()
    try:
        yield address(listener)
    finally:
        server.shutdown()
        thread.join()
        listener.close()


def body_of(environ: "WSGIEnvironment") -> bytes:
    """Return the body of a request, and leave it there for whoever answers that."""
    body = Request(environ).get_data()
    environ["wsgi.input"] = io.BytesIO(body)
    return body


def limited(application: "WSGIApplication", at_once: int) -> "WSGIApplication":
    """Return ``application`` answering this many requests at once; others wait for their turn."""
    turns = threading.BoundedSemaphore(at_once)

    def wrapped(environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
        with turns:
            return application(environ, start_response)

    return wrapped


def _listen(host: str, port: int, family: socket.AddressFamily) -> socket.socket:
    try:
        return socket.create_server((host, port), family=family)
    except OSError as error:
        reasons = {
            errno.EADDRINUSE: "is taken by another program",
            errno.EACCES: "is open to the administrator of this machine only",
        }
        if error.errno not in reasons:
            raise
        raise PortError(f"Port {port} {reasons[error.errno]}") from None


def _origin_form(target: str) -> str:
    """Return the path and query of a target in absolute form (RFC 9112 section 3.2.2)."""
    if target.startswith(("http://", "https://")):
        parts = urlsplit(target)
        return parts._replace(scheme="", netloc="", path=parts.path or "/").geturl()
    return target
