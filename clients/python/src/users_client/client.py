"""The service as a back-end calls it, with a service token; one class waits, the other awaits."""

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from types import TracebackType
from typing import Self, TypeVar

import httpx

from users_client.call import Call
from users_client.patience import Attempts, Patience

Answer = TypeVar("Answer")

TIMEOUT_SECONDS = 30


class Users:
    """The service at ``base_url``, called with ``token``; a context manager.

    What the service is too busy for is asked again when it says so, within ``patience``.
    """

    def __init__(
        self,
        base_url: str,
        token: str,
        *,
        patience: Patience = Patience(),  # noqa: B008 - it is frozen
        transport: httpx.BaseTransport | None = None,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self._http = httpx.Client(
            base_url=base_url,
            headers={"Authorization": f"Bearer {token}"},
            timeout=TIMEOUT_SECONDS,
            transport=transport,
        )
        self._patience = patience
        self._sleep = sleep

    def send(self, call: Call[Answer]) -> Answer:
        """Return what the service answers.

        Raises:
            UsersError: it refuses.
            httpx.TransportError: it does not answer.
        """
        attempts = Attempts(self._patience, call.is_repeatable)
        while True:
            outcome = self._attempt(call)
            wait = attempts.wait_after(outcome)
            if wait is None:
                return _result(call, outcome)
            self._sleep(wait)

    def pages(self, call: Call[Answer]) -> Iterator[Answer]:
        """Return the page that is asked for, and those behind it; raises as :meth:`send`."""
        cursor: str | None = ""
        while cursor is not None:
            page = self.send(call.page(cursor) if cursor else call)
            cursor = _cursor(page)
            yield page

    def close(self) -> None:
        """Close the connections."""
        self._http.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        _kind: type[BaseException] | None,
        _error: BaseException | None,
        _traceback: TracebackType | None,
    ) -> None:
        self.close()

    def _attempt(self, call: Call[Answer]) -> httpx.Response | httpx.TransportError:
        try:
            return self._http.send(call.request(self._http))
        except httpx.TransportError as error:
            return error


class AsyncUsers:
    """As :class:`Users`, for code that awaits; an asynchronous context manager."""

    def __init__(
        self,
        base_url: str,
        token: str,
        *,
        patience: Patience = Patience(),  # noqa: B008 - it is frozen
        transport: httpx.AsyncBaseTransport | None = None,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        self._http = httpx.AsyncClient(
            base_url=base_url,
            headers={"Authorization": f"Bearer {token}"},
            timeout=TIMEOUT_SECONDS,
            transport=transport,
        )
        self._patience = patience
        self._sleep = sleep

    async def send(self, call: Call[Answer]) -> Answer:
        """Return what the service answers.

        Raises:
            UsersError: it refuses.
            httpx.TransportError: it does not answer.
        """
        attempts = Attempts(self._patience, call.is_repeatable)
        while True:
            outcome = await self._attempt(call)
            wait = attempts.wait_after(outcome)
            if wait is None:
                return _result(call, outcome)
            await self._sleep(wait)

    async def pages(self, call: Call[Answer]) -> AsyncIterator[Answer]:
        """Return the page that is asked for, and those behind it; raises as :meth:`send`."""
        cursor: str | None = ""
        while cursor is not None:
            page = await self.send(call.page(cursor) if cursor else call)
            cursor = _cursor(page)
            yield page

    async def close(self) -> None:
        """Close the connections."""
        await self._http.aclose()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self,
        _kind: type[BaseException] | None,
        _error: BaseException | None,
        _traceback: TracebackType | None,
    ) -> None:
        await self.close()

    async def _attempt(self, call: Call[Answer]) -> httpx.Response | httpx.TransportError:
        try:
            return await self._http.send(call.request(self._http))
        except httpx.TransportError as error:
            return error


def _result(call: Call[Answer], outcome: httpx.Response | httpx.TransportError) -> Answer:
    if isinstance(outcome, httpx.TransportError):
        raise outcome
    return call.read(outcome)


def _cursor(page: object) -> str | None:
    return page.get("cursor") if isinstance(page, dict) else None
