"""Calls to AWS that are under way at once, because none needs another's answer.

One thread does it: it sends a request, makes the other call while the answer is on its way, and
then reads that answer. A second thread would cost more of the processor than a call itself.
"""

import threading
from collections.abc import Callable
from concurrent.futures import Future
from typing import Any, Generic, TypeVar

from botocore import awsrequest
from urllib3.connection import HTTPConnection

_One = TypeVar("_One")
_Other = TypeVar("_Other")


def together(one: Callable[[], _One], other: Callable[[], _Other]) -> tuple[_One, _Other]:
    """Return what two calls return; the other is made once the first has sent its first request.

    Both have ended when this does. If both fail, the error is that of the first.
    """
    first, meanwhile = _Call(one), _Call(other)
    outer, _here.meanwhile = _here.meanwhile, meanwhile.make
    try:
        first.make()
    finally:
        _here.meanwhile = outer
    # unless it was made: a call need not come to a request
    meanwhile.make()
    return first.ended.result(), meanwhile.ended.result()


def under_way() -> None:
    """Make the call, if there is one, that is to be made as soon as a request is on its way."""
    meanwhile, _here.meanwhile = _here.meanwhile, None
    if meanwhile is not None:
        meanwhile()


def leave_time() -> None:
    """Have botocore's connections, opened from now on, tell when a request is on its way."""
    # where urllib3 has its pools say what their connections are
    awsrequest.AWSHTTPConnectionPool.ConnectionCls = _HTTPConnection
    awsrequest.AWSHTTPSConnectionPool.ConnectionCls = _HTTPSConnection


class _Call(Generic[_One]):
    """A call that is made when there is time, and tells its result or its error later."""

    def __init__(self, call: Callable[[], _One]) -> None:
        self._call: Callable[[], _One] | None = call
        self.ended: Future[_One] = Future()

    def make(self) -> None:
        """Make the call, once."""
        call, self._call = self._call, None
        if call is None:
            return
        try:
            self.ended.set_result(call())
        except Exception as error:  # noqa: BLE001 - whatever it is, it is raised where it belongs
            self.ended.set_exception(error)


class _Here(threading.local):
    meanwhile: Callable[[], None] | None = None


_here = _Here()


class _Waiting(HTTPConnection):
    """A connection that has sent a request when it is asked for the answer."""

    def getresponse(self) -> Any:  # noqa: ANN401 - urllib3 has types of its own
        under_way()
        return super().getresponse()


class _HTTPConnection(  # type: ignore[misc] # as the stubs of botocore and urllib3 have it
    _Waiting, awsrequest.AWSHTTPConnection
):
    pass


class _HTTPSConnection(  # type: ignore[misc] # as above
    _Waiting, awsrequest.AWSHTTPSConnection
):
    pass
