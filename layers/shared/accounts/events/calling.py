"""Calling a webhook: one POST, to an address that was looked at, in a bounded time."""

import time
from http import HTTPStatus
from typing import NamedTuple

import urllib3

from accounts import outgoing
from accounts.events import targets
from accounts.events.targets import NotPublicError, Target

SECONDS = 5.0
# of the answer, which is for whoever looks for what went wrong
MOST_BYTES = 1024
SHOWN_CHARACTERS = 200


class Answer(NamedTuple):
    """What came back: a status, or None with the reason why there is none."""

    status: int | None
    reason: str | None
    latency_ms: int

    @property
    def is_taken(self) -> bool:
        """Say whether the receiver has taken what it was sent; a redirect is no such answer."""
        return self.status is not None and _is_success(self.status)


def post(url: str, headers: dict[str, str], body: bytes) -> Answer:
    """Return what the URL answers to this; never raises for what the receiver does."""
    began = time.monotonic()
    try:
        target = targets.read(url)
        status, reason = outgoing.in_time(lambda: _ask(target, headers, body), SECONDS)
    except (targets.UrlError, NotPublicError):
        status, reason = None, "not_public"
    except TimeoutError:
        status, reason = None, "timeout"
    except urllib3.exceptions.HTTPError as error:
        status, reason = None, _named(error)
    return Answer(status, reason, round((time.monotonic() - began) * 1000))


def _ask(target: Target, headers: dict[str, str], body: bytes) -> tuple[int, str | None]:
    *others, last = targets.addresses(target)
    for address in others:
        try:
            return _ask_at(address, target, headers, body)
        except urllib3.exceptions.NewConnectionError:
            # such as one of IPv6, where this has none
            continue
    return _ask_at(last, target, headers, body)


def _ask_at(
    address: str, target: Target, headers: dict[str, str], body: bytes
) -> tuple[int, str | None]:
    # to the address that was looked at; the name is for the certificate and the receiver
    with (
        _pool(target, address) as pool,
        pool.urlopen(
            "POST",
            target.path,
            body=body,
            headers={**headers, "Host": target.authority},
            redirect=False,
            retries=False,
            preload_content=False,
            decode_content=False,
        ) as answer,
    ):
        return answer.status, None if _is_success(answer.status) else _shown(answer)


def _is_success(status: int) -> bool:
    return HTTPStatus.OK <= status < HTTPStatus.MULTIPLE_CHOICES


def _pool(target: Target, address: str) -> urllib3.HTTPConnectionPool:
    timeout = urllib3.Timeout(total=SECONDS)
    if target.scheme == "http":
        return urllib3.HTTPConnectionPool(address, target.port, timeout=timeout)
    return urllib3.HTTPSConnectionPool(
        address,
        target.port,
        timeout=timeout,
        cert_reqs="CERT_REQUIRED",
        server_hostname=target.host,
        assert_hostname=target.host,
    )


def _shown(answer: urllib3.BaseHTTPResponse) -> str:
    text = answer.read(MOST_BYTES, decode_content=False).decode(errors="replace")
    # one line of it, whatever signs the receiver put in
    plain = "".join(sign if sign.isprintable() else " " for sign in text)
    return " ".join(plain.split())[:SHOWN_CHARACTERS]


def _named(error: urllib3.exceptions.HTTPError) -> str:
    match error:
        case urllib3.exceptions.SSLError():
            return "tls"
        # which is one of those below, too
        case urllib3.exceptions.NewConnectionError():
            return "no_connection"
        case urllib3.exceptions.TimeoutError():
            return "timeout"
        case _:
            return "no_answer"
