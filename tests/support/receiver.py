"""A receiver of webhooks on this machine, which answers as it is told to."""

import json
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any


@dataclass(frozen=True)
class Received:
    """A request that came: where to, with which headers (in lower case), and what was in it."""

    path: str
    headers: Mapping[str, str]
    body: str

    @property
    def id(self) -> str:
        """Return the event's id, by which a receiver knows what it has already."""
        return self.headers["webhook-id"]

    @property
    def event(self) -> Any:  # noqa: ANN401 - JSON
        """Return the event."""
        return json.loads(self.body)

    @property
    def type(self) -> str:
        """Return the event's type."""
        return str(self.event["type"])


# what a receiver does with a request: the bytes of its answer
Reaction = Callable[[Received], bytes]


def answering(status: int, body: str = "", **headers: str) -> Reaction:
    """Return the reaction that answers this status."""
    lines = [f"HTTP/1.1 {status} Whatever", f"Content-Length: {len(body.encode())}"]
    lines += [f"{name.replace('_', '-')}: {value}" for name, value in headers.items()]
    answer = ("\r\n".join([*lines, "Connection: close"]) + f"\r\n\r\n{body}").encode()
    return lambda _: answer


TAKEN = answering(204)


@dataclass
class Receiver:
    """What has come so far, and what is answered from now on."""

    url: str
    react: Reaction = TAKEN
    requests: list[Received] = field(default_factory=list)

    @property
    def types(self) -> list[str]:
        """Return the types of the events that came, in their order."""
        return [request.type for request in self.requests]


@contextmanager
def receiving() -> Iterator[Receiver]:
    """Run a receiver for as long as the context lasts."""
    lock = threading.Lock()

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            """Keep the request and react."""
            body = self.rfile.read(int(self.headers["Content-Length"])).decode()
            headers = {name.lower(): value for name, value in self.headers.items()}
            received = Received(self.path, headers, body)
            with lock:
                receiver.requests.append(received)
            self.wfile.write(receiver.react(received))
            self.close_connection = True

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - as there
            """Say nothing."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        receiver = Receiver(f"http://localhost:{server.server_address[1]}/hook")
        thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
        thread.start()
        try:
            yield receiver
        finally:
            server.shutdown()
            thread.join()
