"""Calls that go out together."""

import threading
from contextvars import ContextVar

import pytest

from accounts.parallel import together

PATIENCE_SECONDS = 10
_known: ContextVar[str] = ContextVar("known", default="nothing")


def test_both_calls_are_under_way_at_once() -> None:
    both = threading.Barrier(2)

    # each waits for the other to have begun
    one, other = together(
        lambda: (both.wait(PATIENCE_SECONDS), "one"), lambda: (both.wait(PATIENCE_SECONDS), "other")
    )

    assert (one[1], other[1]) == ("one", "other")


def test_both_know_what_the_caller_is_doing() -> None:
    _known.set("a request")

    assert together(_known.get, _known.get) == ("a request", "a request")


@pytest.mark.parametrize("failing", ["one", "other"])
def test_the_error_of_one_is_told_once_both_have_ended(failing: str) -> None:
    ended: list[str] = []
    failed = threading.Event()

    def call(name: str) -> None:
        if name == failing:
            failed.set()
            raise LookupError(name)
        failed.wait(PATIENCE_SECONDS)
        ended.append(name)

    with pytest.raises(LookupError, match=failing):
        together(lambda: call("one"), lambda: call("other"))

    assert len(ended) == 1


def test_of_two_errors_the_first_in_order_is_told() -> None:
    def fail(name: str) -> None:
        raise LookupError(name)

    with pytest.raises(LookupError, match="one"):
        together(lambda: fail("one"), lambda: fail("other"))
