"""Calls to AWS that go out together, because none needs another's answer."""

import functools
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from contextvars import copy_context
from typing import TypeVar

# of which a request uses one: more are for a process that answers several at once
_THREADS = 32

_One = TypeVar("_One")
_Other = TypeVar("_Other")


def together(one: Callable[[], _One], other: Callable[[], _Other]) -> tuple[_One, _Other]:
    """Return what two calls return, made at the same time; both know what this thread is doing.

    Both have ended when this does. If both fail, the error is that of the first.
    """
    started = start(one)
    try:
        ended = other()
    finally:
        # of two errors this is the one that is told
        one_ended = started.result()
    return one_ended, ended


def start(call: Callable[[], _One]) -> "Future[_One]":
    """Have another thread make the call, which knows what this one is doing."""
    return _pool().submit(copy_context().run, call)


@functools.cache
def _pool() -> ThreadPoolExecutor:
    return ThreadPoolExecutor(_THREADS, thread_name_prefix="together")
