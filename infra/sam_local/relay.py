"""Let Docker's containers reach what listens on this machine's loopback only."""

import errno
import socket
import socketserver
import threading
from collections.abc import Iterable, Iterator
from contextlib import ExitStack, contextmanager, suppress

from infra.local.server import HOST, PortError

CHUNK_BYTES = 65_536


class _Relay(socketserver.ThreadingTCPServer):
    allow_reuse_address = True
    daemon_threads = True
    block_on_close = False


class _Connection(socketserver.BaseRequestHandler):
    def handle(self) -> None:
        outside: socket.socket = self.request
        port = outside.getsockname()[1]
        with suppress(ConnectionError), socket.create_connection((HOST, port)) as inside:
            answers = threading.Thread(target=_hand_on, args=(inside, outside), daemon=True)
            answers.start()
            _hand_on(outside, inside)
            answers.join()


@contextmanager
def relaying(address: str, ports: Iterable[int]) -> Iterator[None]:
    """Let connections to ``ports`` at ``address`` reach the same ports of the loopback.

    Where ``address`` is another machine's there is nothing to do: Docker Desktop itself lets
    containers reach the loopback.

    Raises:
        PortError: another program listens there.
    """
    with ExitStack() as relays:
        for port in ports:
            if relay := _listening(address, port):
                relays.enter_context(relay)
                threading.Thread(target=relay.serve_forever, daemon=True).start()
                relays.callback(relay.shutdown)
        yield


def _listening(address: str, port: int) -> _Relay | None:
    try:
        return _Relay((address, port), _Connection)
    except OSError as error:
        if error.errno == errno.EADDRNOTAVAIL:
            return None
        if error.errno == errno.EADDRINUSE:
            raise PortError(f"Port {port} at {address} is taken by another program") from None
        raise


def _hand_on(source: socket.socket, sink: socket.socket) -> None:
    """Hand on all that comes, and then that no more will come."""
    with suppress(OSError):
        while chunk := source.recv(CHUNK_BYTES):
            sink.sendall(chunk)
        sink.shutdown(socket.SHUT_WR)
