"""A call of the service before it is sent; :mod:`users_client.calls` makes them."""

import secrets
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, Generic, TypeVar, cast

import httpx

from users_client.errors import UsersError

# of what a call is answered, which nobody puts in
Answer = TypeVar("Answer", covariant=True)  # noqa: PLC0105 - as the client names it

SAFE = ("GET", "DELETE")


@dataclass(frozen=True)
class Call(Generic[Answer]):
    """What is asked; its type parameter is what the service answers."""

    method: str
    path: str
    query: Mapping[str, str | int] | None = None
    body: Mapping[str, Any] | None = None
    idempotency_key: str | None = None

    @property
    def is_repeatable(self) -> bool:
        """Say whether it does once what it does twice, so that a lost answer is no harm."""
        return self.method in SAFE or self.idempotency_key is not None

    def page(self, cursor: str) -> "Call[Answer]":
        """Return the call that asks for the page at ``cursor``."""
        return replace(self, query={**(self.query or {}), "cursor": cursor})

    def request(self, client: httpx.Client | httpx.AsyncClient) -> httpx.Request:
        """Return it as ``client`` sends it."""
        headers = {"Idempotency-Key": self.idempotency_key} if self.idempotency_key else None
        return client.build_request(
            self.method, self.path, params=self.query, json=self.body, headers=headers
        )

    def read(self, response: httpx.Response) -> Answer:
        """Return what the service answered.

        Raises:
            UsersError: it refused.
        """
        if not response.is_success:
            raise UsersError.of(response)
        return cast("Answer", response.json() if response.content else None)


def new_key() -> str:
    """Return an idempotency key that nobody has used."""
    return secrets.token_urlsafe(24)


def given(**members: Any) -> dict[str, Any]:  # noqa: ANN401 - JSON
    """Return the members that are not None."""
    return {name: value for name, value in members.items() if value is not None}
