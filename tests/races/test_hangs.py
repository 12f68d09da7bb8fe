"""AWS services that take the connection and never answer, on real sockets and the real clock."""

import socket
from collections.abc import Callable, Iterator

import pytest

from tests.support.answers import Answer
from tests.support.deployment import forget_environment
from tests.support.people import Person
from tests.support.races.service import Service

pytestmark = pytest.mark.races

TRIES = 3
Ask = Callable[[Service, Person], Answer]


@pytest.fixture
def silence() -> Iterator[socket.socket]:
    """A server that takes connections and says nothing."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield server
    # whatever became of the test, the next one has clients of its own
    forget_environment()


def connections(server: socket.socket) -> int:
    """Return how many are waiting for a word of the server."""
    server.setblocking(False)
    count = 0
    while True:
        try:
            server.accept()[0].close()
        except BlockingIOError:
            return count
        count += 1


@pytest.mark.parametrize(
    ("hanging", "ask"),
    [
        ("DYNAMODB", lambda service, alice: service.refresh(alice.refresh_token)),
        ("KMS", lambda service, alice: service.refresh(alice.refresh_token)),
        ("SQS", lambda service, alice: service.forget_password(alice.email)),
    ],
)
def test_a_service_that_hangs_is_given_up_in_time(
    service: Service, alice: Person, silence: socket.socket, hanging: str, ask: Ask
) -> None:
    with pytest.MonkeyPatch.context() as patch:
        url = f"http://127.0.0.1:{silence.getsockname()[1]}"
        patch.setenv(f"AWS_ENDPOINT_URL_{hanging}", url)
        forget_environment()

        answer = ask(service, alice)

    # by the function, which thus was not ended by its timeout
    assert (answer.status, answer.code) == (503, "unavailable")
    assert answer.headers["retry-after"] == "1"
    assert connections(silence) == TRIES
    forget_environment()
    assert ask(service, alice).status in (200, 202)
