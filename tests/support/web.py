"""Names of the web on this machine: pages and the API at names of their own, over TLS.

A browser that is told to resolve every name to this machine, and to believe this certificate, meets
cookies, sites and origins as out there.
"""

import base64
import hashlib
import ssl
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from http.client import HTTPConnection
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, ClassVar

import trustme
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

# of one connection, not of the message
HOP_BY_HOP = frozenset({"connection", "date", "keep-alive", "server", "transfer-encoding"})
TIMEOUT_SECONDS = 60


@dataclass(frozen=True)
class Message:
    """A request, with method and target as its ``line``, or an answer, with its status."""

    line: str
    headers: Sequence[tuple[str, str]]
    body: bytes


# takes a request, gives the answer
Site = Callable[[Message], Message]


class Web:
    """Names that lead to a port of this machine; more may be added at any time."""

    def __init__(self, port: int, flags: Sequence[str]) -> None:
        self._port = port
        self.flags = flags
        self.sites: dict[str, Site] = {}

    def origin(self, name: str) -> str:
        """Return the origin of what is at this name."""
        return f"https://{name}:{self._port}"


def page(files: Mapping[str, str], policy: str) -> Site:
    """Return a site of these scripts, whose other addresses are a page that loads ``/page.js``."""

    def answer(request: Message) -> Message:
        path = request.line.split()[1]
        kind = "text/javascript" if path in files else "text/html"
        text = files.get(path, '<!doctype html><script type="module" src="/page.js"></script>')
        headers = [("Content-Type", f"{kind}; charset=utf-8"), ("Content-Security-Policy", policy)]
        return Message("200", headers, text.encode())

    return answer


def passed_on(port: int, added: Mapping[str, str]) -> Site:
    """Return a site that is what listens on ``port``, with ``added`` in place of such headers."""

    def answer(request: Message) -> Message:
        method, target = request.line.split()
        kept = [(name, value) for name, value in request.headers if name.lower() not in added]
        connection = HTTPConnection("127.0.0.1", port, timeout=TIMEOUT_SECONDS)
        try:
            connection.putrequest(method, target, skip_host=True, skip_accept_encoding=True)
            for name, value in [*kept, *added.items()]:
                connection.putheader(name, value)
            connection.endheaders(request.body)
            reply = connection.getresponse()
            return Message(str(reply.status), reply.getheaders(), reply.read())
        finally:
            connection.close()

    return answer


@contextmanager
def serving(*names: str) -> Iterator[Web]:
    """Serve sites at these names, once they are there, while the context lasts."""
    certificate = trustme.CA().issue_cert(*names)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    certificate.configure_cert(context)
    with ThreadingHTTPServer(("127.0.0.1", 0), BaseHTTPRequestHandler) as server:
        web = Web(server.server_port, _flags(certificate))
        server.RequestHandlerClass = _handler(web.sites)
        # a browser connects ahead of need: nobody may have to wait for its handshake
        server.socket = context.wrap_socket(
            server.socket, server_side=True, do_handshake_on_connect=False
        )
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        try:
            yield web
        finally:
            server.shutdown()
            thread.join()


def _flags(certificate: trustme.LeafCert) -> Sequence[str]:
    leaf = x509.load_pem_x509_certificate(certificate.cert_chain_pems[0].bytes())
    key = leaf.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    digest = base64.b64encode(hashlib.sha256(key).digest()).decode()
    return (
        "--host-resolver-rules=MAP * 127.0.0.1",
        f"--ignore-certificate-errors-spki-list={digest}",
    )


def _handler(sites: Mapping[str, Site]) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        # an idle connection that the browser keeps ends with the server
        timeout: ClassVar[float | None] = TIMEOUT_SECONDS

        def handle(self) -> None:
            try:
                super().handle()
            except (ssl.SSLError, ConnectionError):
                # the browser went away
                self.close_connection = True

        def answer(self) -> None:
            name = self.headers["host"].partition(":")[0]
            body = self.rfile.read(int(self.headers.get("content-length", 0)))
            request = Message(f"{self.command} {self.path}", self.headers.items(), body)
            reply = sites[name](request)
            self.send_response(int(reply.line))
            for header, value in reply.headers:
                if header.lower() not in HOP_BY_HOP | {"content-length"}:
                    self.send_header(header, value)
            self.send_header("Content-Length", str(len(reply.body)))
            self.end_headers()
            self.wfile.write(reply.body)

        do_GET = do_POST = do_PUT = do_PATCH = do_DELETE = do_OPTIONS = answer  # noqa: N815

        def log_message(self, *_: Any) -> None:  # noqa: ANN401 - as the base has it
            """Stay quiet."""

    return Handler
