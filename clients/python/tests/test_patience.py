"""What is sent again, when, and what is not."""

import asyncio

import httpx
import pytest

from users_client import AsyncUsers, Call, Patience, Users, UsersError, calls

READ: Call[object] = calls.health()
KEYED: Call[object] = calls.issue_reset_token(email="user@example.com")
# it spends a token, and is no longer possible once it was done
SPENDING: Call[object] = calls.reset_password(passw="example_string", reset_token="token")
BUSY = httpx.Response(503, headers={"x-error-code": "unavailable", "retry-after": "2"})
THROTTLED = httpx.Response(429, headers={"x-error-code": "too_many_requests", "retry-after": "1"})
OF_THE_GATEWAY = httpx.Response(503, json={"message": "Service Unavailable"})
USUAL = Patience()
GOOD = httpx.Response(200, json={"status": "ok"})


class Line:
    """A service that answers as it is told, and how long it was waited for."""

    def __init__(self, *outcomes: httpx.Response | Exception) -> None:
        self.outcomes = list(outcomes)
        self.sent: list[httpx.Request] = []
        self.waits: list[float] = []

    def __call__(self, request: httpx.Request) -> httpx.Response:
        self.sent.append(request)
        outcome = self.outcomes[min(len(self.sent), len(self.outcomes)) - 1]
        if isinstance(outcome, Exception):
            raise outcome
        return httpx.Response(outcome.status_code, headers=outcome.headers, content=outcome.content)

    def users(self, patience: Patience) -> Users:
        transport = httpx.MockTransport(self)
        return Users(
            "http://users", "token", patience=patience, transport=transport, sleep=self.waits.append
        )

    def send(self, call: Call[object], patience: Patience = USUAL) -> object:
        with self.users(patience) as users:
            return users.send(call)


@pytest.mark.parametrize("call", [READ, KEYED, SPENDING])
@pytest.mark.parametrize("refusal", [BUSY, THROTTLED])
def test_busy_service_is_asked_again_when_it_says(
    call: Call[object], refusal: httpx.Response
) -> None:
    line = Line(refusal, GOOD)

    assert line.send(call) == {"status": "ok"}

    [wait] = line.waits
    told = int(refusal.headers["retry-after"])
    assert told <= wait <= told + 0.5


def test_key_is_the_same_each_time() -> None:
    line = Line(BUSY, BUSY, GOOD)

    line.send(KEYED)

    keys = {request.headers["idempotency-key"] for request in line.sent}
    assert len(line.sent) == 3
    assert len(keys) == 1


@pytest.mark.parametrize(
    ("call", "times"), [(READ, 2), (KEYED, 2), (SPENDING, 1)], ids=["read", "keyed", "spending"]
)
@pytest.mark.parametrize("outcome", [OF_THE_GATEWAY, httpx.ReadTimeout("late")], ids=str)
def test_what_may_have_been_done_is_repeated_only_if_that_is_no_harm(
    call: Call[object], times: int, outcome: httpx.Response | Exception
) -> None:
    line = Line(outcome, GOOD)

    try:
        line.send(call)
    except (UsersError, httpx.ReadTimeout):
        assert times == 1

    assert len(line.sent) == times


@pytest.mark.parametrize("call", [READ, SPENDING])
def test_what_has_not_left_is_sent_again(call: Call[object]) -> None:
    line = Line(httpx.ConnectError("refused"), GOOD)

    line.send(call)

    assert len(line.sent) == 2


@pytest.mark.parametrize("status", [400, 401, 403, 404, 409, 410, 422, 500])
def test_decision_is_not_asked_for_again(status: int) -> None:
    line = Line(httpx.Response(status, json={"error": "No", "message": "No"}))

    with pytest.raises(UsersError):
        line.send(READ)

    assert len(line.sent) == 1


def test_attempts_are_bounded() -> None:
    line = Line(BUSY)

    with pytest.raises(UsersError) as refused:
        line.send(READ, Patience(attempts=3))

    assert len(line.sent) == 3
    assert refused.value.code == "unavailable"
    assert refused.value.retry_after_seconds == 2


def test_waits_are_bounded() -> None:
    line = Line(httpx.Response(429, headers={"retry-after": "600"}))

    with pytest.raises(UsersError) as refused:
        line.send(READ)

    assert line.waits == []
    assert refused.value.retry_after_seconds == 600
    assert refused.value.code == "unknown"


def test_asynchronous_client_is_as_patient() -> None:
    line = Line(BUSY, GOOD)

    async def wait(seconds: float) -> None:
        line.waits.append(seconds)

    async def send() -> object:
        transport = httpx.MockTransport(line)
        async with AsyncUsers("http://users", "token", transport=transport, sleep=wait) as users:
            return await users.send(READ)

    assert asyncio.run(send()) == {"status": "ok"}
    assert len(line.waits) == 1


def test_page_of_a_gateway_is_an_error_as_well() -> None:
    line = Line(httpx.Response(500, text="<html>"))

    with pytest.raises(UsersError, match="500 unknown: Internal Server Error"):
        line.send(READ)
