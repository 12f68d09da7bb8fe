"""Through the relay containers reach what listens on the loopback, and nothing else."""

import socket
import socketserver
import threading
from collections.abc import Iterator

import pytest

from infra.local.server import HOST, PortError, listen
from infra.sam_local.relay import relaying

# all of 127.0.0.0/8 is this machine's on Linux
OUTSIDE = "127.0.0.2"
ANOTHER_MACHINE = "192.0.2.7"
MUCH = b"x" * 3_000_000


class Echo(socketserver.StreamRequestHandler):
    """Answers with all that was sent, once no more will come."""

    def handle(self) -> None:
        self.wfile.write(self.rfile.read())


class Server(socketserver.ThreadingTCPServer):
    """Does not wait for the rest of a question when a test has failed."""

    daemon_threads = True
    block_on_close = False


@pytest.fixture
def port() -> Iterator[int]:
    """The port of a server on the loopback."""
    with Server((HOST, 0), Echo) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield server.server_address[1]
        server.shutdown()


def is_ours(address: str) -> bool:
    try:
        socket.create_server((address, 0)).close()
    except OSError:
        return False
    return True


pytestmark = pytest.mark.skipif(not is_ours(OUTSIDE), reason="127.0.0.1 is the only loopback")


def ask(port: int, question: bytes) -> bytes:
    with socket.create_connection((OUTSIDE, port), timeout=10) as client:
        client.sendall(question)
        client.shutdown(socket.SHUT_WR)
        with client.makefile("rb") as answer:
            return answer.read()


def test_question_and_answer_pass_whole(port: int) -> None:
    with relaying(OUTSIDE, [port]):
        assert ask(port, MUCH) == MUCH


def test_second_connection_need_not_wait_for_the_first(port: int) -> None:
    with (
        relaying(OUTSIDE, [port]),
        socket.create_connection((OUTSIDE, port)) as first,
    ):
        first.sendall(b"not the end")

        assert ask(port, b"second") == b"second"


def test_it_lasts_as_long_as_the_context(port: int) -> None:
    with relaying(OUTSIDE, [port]):
        pass

    with pytest.raises(ConnectionRefusedError):
        ask(port, b"")


def test_connection_ends_where_nobody_listens() -> None:
    with listen(0) as free:
        port = free.getsockname()[1]

    with relaying(OUTSIDE, [port]):
        assert ask(port, b"") == b""


def test_address_of_another_machine_needs_no_relay(port: int) -> None:
    with relaying(ANOTHER_MACHINE, [port]):
        pass


def test_taken_port_is_told_plainly(port: int) -> None:
    with (
        socket.create_server((OUTSIDE, port)),
        pytest.raises(PortError, match=f"{port} at {OUTSIDE} is taken"),
        relaying(OUTSIDE, [port]),
    ):
        pass
