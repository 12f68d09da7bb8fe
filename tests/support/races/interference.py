"""Stands between the service and AWS, and interferes with one call that a request makes.

At two levels: around the call as the service makes it, and around each try that botocore makes
of it. What happens to every try is what a caller meets after all retries; what happens to the
first try alone is what the retries are for.
"""

import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from io import BytesIO
from typing import Any

import pytest
from botocore.awsrequest import AWSResponse
from botocore.client import BaseClient
from botocore.compat import HTTPHeaders
from botocore.endpoint import Endpoint
from urllib3 import HTTPResponse

# in place of a call's number
EVERY = 0
_READS = frozenset({"GetItem", "BatchGetItem", "Query", "Scan"})
# what botocore makes of a try: an answer with its parsed content, or an exception
Outcome = tuple[tuple[AWSResponse, dict[str, Any]] | None, Exception | None]


@dataclass(frozen=True)
class Call:
    """A call to AWS, such as ``dynamodb`` ``GetItem``."""

    service: str
    operation: str
    arguments: Mapping[str, Any]

    @property
    def written(self) -> frozenset[str]:
        """Return the names of the tables that it may change."""
        if self.service != "dynamodb" or self.operation in _READS:
            return frozenset()
        parts = self.arguments.get("TransactItems", [{"": self.arguments}])
        return frozenset(change["TableName"] for part in parts for change in part.values())


class Interference:
    """Base of what can happen to a call; by itself nothing does."""

    def concerns(self, _call: Call) -> bool:
        """Say whether this can happen to the call."""
        return True

    def around_call(self, _call: Call, send: Callable[[], object]) -> object:
        """Make the call, with all its tries."""
        return send()

    def around_try(self, _call: Call, send: Callable[[], Outcome]) -> Outcome:
        """Try the call once."""
        return send()


@dataclass
class Aws:
    """What the service asks of AWS; ``calls`` are those of the request that is watched."""

    calls: list[Call] = field(default_factory=list)
    # the call that something happened to
    struck: Call | None = None
    _watching: bool = False
    _number: int = EVERY
    _interference: Interference = field(default_factory=Interference)
    # by thread: a request may make several calls at once
    _under_way: dict[int, Call | None] = field(default_factory=dict)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    @contextmanager
    def watched(self) -> Iterator[list[Call]]:
        """Record the calls of the one request that is made meanwhile."""
        with self.interfering(EVERY, Interference()):
            yield self.calls

    @contextmanager
    def interfering(self, number: int, interference: Interference) -> Iterator[None]:
        """Interfere with call ``number`` (from 1) of the one request that is made meanwhile.

        :data:`EVERY` is each of them.
        """
        self.calls, self.struck = [], None
        self._watching, self._number, self._interference = True, number, interference
        try:
            yield
        finally:
            self._watching = False

    @contextmanager
    def looking_away(self) -> Iterator[None]:
        """Let other requests pass, in the middle of the one that is watched."""
        under_way, self._under_way = self._under_way, {}
        self._watching = False
        try:
            yield
        finally:
            self._watching, self._under_way = True, under_way

    def call(self, call: Call, send: Callable[[], object]) -> object:
        """Make a call, unless something happens to it."""
        if not self._watching:
            return send()
        with self._lock:
            self.calls.append(call)
            number = len(self.calls)
        if self._number not in (EVERY, number) or not self._interference.concerns(call):
            with self._making(None):
                return send()
        self.struck = call
        with self._making(call):
            return self._interference.around_call(call, send)

    @contextmanager
    def _making(self, call: Call | None) -> Iterator[None]:
        thread = threading.get_ident()
        # one may be made while the request of another is on its way
        outer, self._under_way[thread] = self._under_way.get(thread), call
        try:
            yield
        finally:
            self._under_way[thread] = outer

    def attempt(self, send: Callable[[], Outcome]) -> Outcome:
        """Try a call once, unless something happens to it."""
        under_way = self._under_way.get(threading.get_ident())
        if under_way is None:
            return send()
        return self._interference.around_try(under_way, send)

    def install(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """Stand between this process and AWS."""
        # where boto3 and PynamoDB meet, and where botocore makes one try
        make_call = BaseClient._make_api_call  # type: ignore[attr-defined] # noqa: SLF001 - see above
        make_try = Endpoint._do_get_response  # type: ignore[attr-defined] # noqa: SLF001 - see above

        def call(client: BaseClient, operation: str, arguments: dict[str, Any]) -> object:
            service = client.meta.service_model.service_name
            return self.call(
                Call(service, operation, arguments),
                lambda: make_call(client, operation, arguments),
            )

        def attempt(endpoint: Endpoint, *arguments: Any) -> Outcome:  # noqa: ANN401 - botocore's
            return self.attempt(lambda: make_try(endpoint, *arguments))

        monkeypatch.setattr(BaseClient, "_make_api_call", call)
        monkeypatch.setattr(Endpoint, "_do_get_response", attempt)


def error_answer(code: str, status: int, reasons: Sequence[str | None] = ()) -> Outcome:
    """Return what a try makes of an error from AWS; ``reasons`` are those of a transaction."""
    nothing = HTTPResponse(BytesIO(), preload_content=False)
    answer = AWSResponse("http://aws.example.com", status, HTTPHeaders(), nothing)
    parsed = {
        "Error": {"Code": code, "Message": "made up"},
        "ResponseMetadata": {"HTTPStatusCode": status, "HTTPHeaders": {}},
        "CancellationReasons": [{"Code": reason or "None"} for reason in reasons],
    }
    return (answer, parsed), None
