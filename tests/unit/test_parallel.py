"""Calls that are under way at once."""

import threading
from collections.abc import Callable, Iterable, Iterator
from typing import TYPE_CHECKING

import pytest
from botocore.awsrequest import AWSRequest
from botocore.httpsession import URLLib3Session

from accounts import parallel
from accounts.parallel import together
from infra.local.server import RequestHandler, listen, serving

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIEnvironment

PATIENCE_SECONDS = 10


def test_requests_of_both_are_under_way_at_once(ask: Callable[[str], str]) -> None:
    assert together(lambda: ask("/one"), lambda: ask("/other")) == ("/one", "/other")


def test_the_other_call_is_made_once_while_the_first_request_is_under_way(wire: "Wire") -> None:
    together(lambda: (wire.ask("1"), wire.ask("2")), lambda: (wire.ask("a"), wire.ask("b")))

    assert [name for name in wire.seen if name.startswith("sent")] == [
        "sent 1",
        "sent a",
        "sent b",
        "sent 2",
    ]
    assert wire.seen.index("heard b") < wire.seen.index("heard 1")


def test_the_other_call_is_made_though_the_first_comes_to_no_request(wire: "Wire") -> None:
    assert together(lambda: "known", lambda: wire.ask("a")) == ("known", "a")


def test_within_each_call_others_go_out_together_too(wire: "Wire") -> None:
    def pair(one: str, other: str) -> tuple[str, str]:
        return together(lambda: wire.ask(one), lambda: wire.ask(other))

    assert together(lambda: pair("1", "2"), lambda: pair("a", "b")) == (("1", "2"), ("a", "b"))

    assert wire.seen[:2] == ["sent 1", "sent 2"]
    assert len(wire.seen) == 2 * len("12ab")


@pytest.mark.parametrize("failing", ["one", "other"])
@pytest.mark.parametrize("before", ["it asks", "it is answered"])
def test_the_error_of_one_is_told_once_both_have_ended(
    failing: str, before: str, wire: "Wire"
) -> None:
    def call(name: str) -> None:
        if name == failing and before == "it asks":
            raise LookupError(name)
        wire.ask(name)
        if name == failing:
            raise LookupError(name)

    with pytest.raises(LookupError, match=failing):
        together(lambda: call("one"), lambda: call("other"))

    assert {"heard one", "heard other"} - set(wire.seen) <= {f"heard {failing}"}


def test_of_two_errors_the_first_in_order_is_told(wire: "Wire") -> None:
    def fail(name: str) -> None:
        wire.ask(name)
        raise LookupError(name)

    with pytest.raises(LookupError, match="one"):
        together(lambda: fail("one"), lambda: fail("other"))


def test_what_ends_the_process_ends_it_at_once(wire: "Wire") -> None:
    def die() -> None:
        raise SystemExit

    with pytest.raises(SystemExit):
        together(die, lambda: wire.ask("other"))
    with pytest.raises(SystemExit):
        together(lambda: wire.ask("one"), die)

    assert wire.seen == ["sent one"]
    # and nothing is left over for who comes next
    wire.ask("next")
    assert wire.seen[1:] == ["sent next", "heard next"]


def test_requests_of_other_threads_are_not_accompanied(wire: "Wire") -> None:
    def elsewhere() -> None:
        thread = threading.Thread(target=wire.ask, args=["elsewhere"])
        thread.start()
        thread.join(PATIENCE_SECONDS)

    together(elsewhere, lambda: wire.ask("other"))

    assert wire.seen[:2] == ["sent elsewhere", "heard elsewhere"]


class Wire:
    """Requests that tell on their way what a connection tells."""

    def __init__(self) -> None:
        self.seen: list[str] = []

    def ask(self, name: str) -> str:
        """Send a request, and return its answer: its name."""
        self.seen.append(f"sent {name}")
        parallel.under_way()
        self.seen.append(f"heard {name}")
        return name


@pytest.fixture
def wire() -> Wire:
    """A wire that no request was sent over."""
    return Wire()


class Pair:
    """A server that answers a request with its path, once there is another one."""

    def __init__(self) -> None:
        self._both = threading.Barrier(2)

    def __call__(
        self, environ: "WSGIEnvironment", start_response: "StartResponse"
    ) -> Iterable[bytes]:
        """Answer, or fail if no other request comes."""
        self._both.wait(PATIENCE_SECONDS)
        start_response("200 OK", [])
        return [environ["PATH_INFO"].encode()]


@pytest.fixture
def ask() -> Iterator[Callable[[str], str]]:
    """Ask that server as botocore does."""
    parallel.leave_time()
    session = URLLib3Session(timeout=2 * PATIENCE_SECONDS)
    with serving(Pair(), listen(0), RequestHandler) as url:
        yield lambda path: session.send(AWSRequest("GET", url + path).prepare()).text
