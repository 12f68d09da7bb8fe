"""Where webhooks may lead, against a resolver that is not on our side."""

import socket
import threading
from collections.abc import Callable, Iterator, Sequence
from typing import Any

import pytest

from accounts.events import calling, targets
from accounts.events.targets import NotPublicError
from tests.support.deployment import Deployment

URL = "https://hooks.example.com/users"
PUBLIC = "93.184.215.14"
PUBLIC_IPV6 = "2606:2800:21f:cb07:6820:80da:af6b:8b2c"
NOT_PUBLIC = [
    "0.0.0.0",  # noqa: S104 - looked at, not listened on
    "0.1.2.3",
    "10.0.0.1",
    "100.64.0.1",
    "127.0.0.1",
    "127.255.255.254",
    "169.254.169.254",
    "169.254.170.2",
    "172.16.0.1",
    "172.31.255.255",
    "192.0.0.8",
    "192.0.2.1",
    "192.88.99.1",
    "192.168.1.1",
    "198.18.0.1",
    "198.51.100.1",
    "203.0.113.1",
    "224.0.0.1",
    "240.0.0.1",
    "255.255.255.255",
    "::",
    "::1",
    "::7f00:1",
    "::ffff:127.0.0.1",
    "::ffff:93.184.215.14",
    "64:ff9b::7f00:1",
    "64:ff9b::5db8:d70e",
    "64:ff9b:1::7f00:1",
    "100::1",
    "2001::1",
    "2001:10::1",
    "2001:db8::1",
    "2002:7f00:1::",
    "2002:5db8:d70e::",
    "3fff::1",
    "fc00::1",
    "fd00:ec2::254",
    "fe80::1",
    "fe80::1%eth0",
    "fec0::1",
    "ff02::1",
    "2606:2800::1%eth0",
    "",
    "example.com",
    "1",
]

Resolver = Callable[..., None]


@pytest.fixture
def resolver(stack: Deployment, monkeypatch: pytest.MonkeyPatch) -> Iterator[Resolver]:
    """Have names lead to these addresses: those of the first answer, of the second and so on."""
    answers: list[Sequence[str]] = []

    def resolve(host: str, port: int, *_: object, **__: object) -> list[Any]:
        assert host == "hooks.example.com"
        found = answers.pop(0) if len(answers) > 1 else answers[0]
        if not found:
            raise socket.gaierror(socket.EAI_NONAME, "no such name")
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (one, port)) for one in found]

    def answering(*of: Sequence[str]) -> None:
        answers[:] = of

    monkeypatch.setattr(socket, "getaddrinfo", resolve)
    yield answering
    monkeypatch.undo()


@pytest.fixture
def connected(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, int]]:
    """Where connections were attempted, each of which fails."""
    made: list[tuple[str, int]] = []

    def connect(address: tuple[str, int], *_: object, **__: object) -> None:
        made.append(address)
        raise ConnectionRefusedError

    monkeypatch.setattr("urllib3.util.connection.create_connection", connect)
    return made


@pytest.mark.parametrize("address", NOT_PUBLIC)
def test_address_that_is_not_of_the_internet_is_told_apart(address: str) -> None:
    assert not targets.is_public(address)


@pytest.mark.parametrize("address", [PUBLIC, PUBLIC_IPV6, "1.1.1.1", "172.32.0.1", "2a00::1"])
def test_address_of_the_internet_is_one(address: str) -> None:
    assert targets.is_public(address)


@pytest.mark.parametrize(
    "found",
    [
        [],
        ["127.0.0.1"],
        [PUBLIC, "10.0.0.1"],
        ["10.0.0.1", PUBLIC],
        [PUBLIC, "::ffff:10.0.0.1"],
        [PUBLIC_IPV6, "fe80::1"],
    ],
    ids=str,
)
def test_name_that_leads_anywhere_else_is_not_called(
    resolver: Resolver, connected: list[Any], found: list[str]
) -> None:
    resolver(found)

    answer = calling.post(URL, {}, b"{}")

    assert (answer.status, answer.reason) == (None, "not_public")
    assert connected == []


def test_name_that_leads_elsewhere_a_moment_later_is_called_where_it_was_looked_at(
    resolver: Resolver, connected: list[Any]
) -> None:
    resolver([PUBLIC], ["127.0.0.1"])

    answer = calling.post(URL, {}, b"{}")

    assert (answer.status, answer.reason) == (None, "no_connection")
    assert connected == [(PUBLIC, 443)]


def test_name_is_looked_up_at_each_call(resolver: Resolver, connected: list[Any]) -> None:
    resolver([PUBLIC], ["10.0.0.1"])

    reasons = [calling.post(URL, {}, b"{}").reason for _ in range(2)]

    assert reasons == ["no_connection", "not_public"]
    assert connected == [(PUBLIC, 443)]


def test_another_address_of_the_name_is_tried(resolver: Resolver, connected: list[Any]) -> None:
    resolver([PUBLIC_IPV6, PUBLIC])

    calling.post(URL, {}, b"{}")

    assert connected == [(PUBLIC_IPV6, 443), (PUBLIC, 443)]


def test_resolver_that_hangs_is_given_up(
    stack: Deployment, monkeypatch: pytest.MonkeyPatch
) -> None:
    released = threading.Event()
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_, **__: released.wait(10))
    monkeypatch.setattr(calling, "SECONDS", 0.1)

    answer = calling.post(URL, {}, b"{}")
    released.set()

    assert answer.reason == "timeout"


@pytest.mark.parametrize(
    "url",
    [
        "http://hooks.example.com/",
        "https://127.0.0.1/",
        "https://hooks.example.com:8080/",
        "https://a@hooks.example.com/",
        "http://localhost:8000/",
        "https://localhost/",
    ],
)
def test_url_that_no_webhook_may_have_is_not_called_whoever_stored_it(
    resolver: Resolver, connected: list[Any], url: str
) -> None:
    resolver([PUBLIC])

    assert calling.post(url, {}, b"{}").reason == "not_public"
    assert connected == []


def test_loopback_that_leads_elsewhere_is_not_called_where_loopback_is_allowed(
    stack: Deployment,
    setting: Callable[..., None],
    connected: list[Any],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    setting(WEBHOOKS_ON_LOOPBACK="true")
    found = [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (PUBLIC, 80))]
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_, **__: found)

    with pytest.raises(NotPublicError):
        targets.addresses(targets.read("http://localhost:8000/"))


def test_where_loopback_is_allowed_nothing_else_is(
    stack: Deployment, setting: Callable[..., None]
) -> None:
    setting(WEBHOOKS_ON_LOOPBACK="true")

    for url in ("http://10.0.0.1/", "http://hooks.example.com/", "http://localhost.example.com/"):
        with pytest.raises(targets.UrlError):
            targets.read(url)
