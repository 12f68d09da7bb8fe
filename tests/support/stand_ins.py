"""Services on this machine that stand in for those of others."""

import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

Reply = Callable[[BaseHTTPRequestHandler], None]


@dataclass
class StandIn:
    """A service that answers as told and keeps what it was asked."""

    answer: Reply
    port: int = 0
    # the request line and the headers, and the body
    requests: list[str] = field(default_factory=list)
    bodies: list[bytes] = field(default_factory=list)
    closing: threading.Event = field(default_factory=threading.Event)

    @property
    def url(self) -> str:
        """Return where it listens."""
        return f"http://127.0.0.1:{self.port}"


@contextmanager
def listening(answer: Reply) -> Iterator[StandIn]:
    """Answer like this, until told otherwise, for as long as the context lasts."""
    stand_in = StandIn(answer)

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            length = int(self.headers.get("content-length", "0"))
            stand_in.requests.append(f"{self.requestline}\n{self.headers}")
            stand_in.bodies.append(self.rfile.read(length))
            stand_in.answer(self)

        do_POST = do_GET  # noqa: N815 - named so there

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - named so there
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        stand_in.port = server.server_port
        thread = threading.Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        yield stand_in
        stand_in.closing.set()
        server.shutdown()
        thread.join()


def body(content: bytes, status: int = 200, headers: Mapping[str, str] = {}) -> Reply:
    """Return what answers with this body."""

    def answer(handler: BaseHTTPRequestHandler) -> None:
        handler.send_response(status)
        for name, value in {"Content-Length": str(len(content)), **headers}.items():
            handler.send_header(name, value)
        handler.end_headers()
        handler.wfile.write(content)

    return answer
