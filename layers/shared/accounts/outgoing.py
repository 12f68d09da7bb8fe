"""Asking services that are not AWS: one answer, in a time that nothing can stretch."""

from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from http import HTTPStatus
from typing import Literal, TypeVar

import urllib3

_CHUNK_BYTES = 64 * 1024

_Done = TypeVar("_Done")


class NotAnAnswerError(Exception):
    """What came back is nothing that the service answers."""


# all that asking can raise
NO_ANSWER = (urllib3.exceptions.HTTPError, TimeoutError, NotAnAnswerError)


def ask(
    method: Literal["GET", "POST"],
    url: str,
    *,
    headers: Mapping[str, str],
    body: bytes | None = None,
    seconds: float,
    most_bytes: int,
) -> bytes:
    """Return the body of the answer, if it comes in time and says 200; no redirect is followed.

    ``seconds`` are for everything together, the look-up of the host's name included.

    Raises:
        HTTPError, TimeoutError, NotAnAnswerError: it does not (:data:`NO_ANSWER`).
    """

    def fetched() -> bytes:
        # retries=False includes redirects. No pool lasts, since what was connected before Lambda
        # froze the process may be dead after
        with (
            urllib3.PoolManager(headers=headers, timeout=seconds, retries=False) as http,
            http.request(method, url, body=body, preload_content=False) as answer,
        ):
            if answer.status != HTTPStatus.OK:
                raise NotAnAnswerError
            return _read(answer, most_bytes)

    return in_time(fetched, seconds)


def in_time(act: Callable[[], _Done], seconds: float) -> _Done:
    """Return what ``act`` does, if it does in that time; else it goes on for nobody.

    Raises:
        TimeoutError: it does not.
    """
    # in a thread, since a socket's timeout is between two bytes, and looking up names has none
    thread = ThreadPoolExecutor(max_workers=1)
    try:
        return thread.submit(act).result(seconds)
    finally:
        thread.shutdown(wait=False)


def _read(answer: urllib3.BaseHTTPResponse, most_bytes: int) -> bytes:
    body = bytearray()
    while chunk := answer.read(_CHUNK_BYTES, decode_content=False):
        body += chunk
        if len(body) > most_bytes:
            raise NotAnAnswerError
    return bytes(body)
