"""Nothing that people send is found where it does not belong: not in logs, mails or tables."""

import logging
import re
from collections.abc import Callable, Mapping
from typing import Any

import pytest

from tests.answers import Answer
from tests.aws_calls import AwsCalls
from tests.deployment import Deployment
from tests.endpoints import (
    ALL,
    ANY_USERS,
    CHANGE_PASSWORD,
    END_OTHER_SEANCES,
    END_SEANCE,
    FORGET_PASSWORD,
    HEALTH,
    ISSUE_RESET_TOKEN,
    JWKS,
    LOG_IN,
    LOG_OUT,
    PROTECTED,
    REFRESH,
    RESET_PASSWORD,
    SHOW_SEANCES,
    SIGN_UP,
    WITH_BODY,
    Endpoint,
    Scene,
    each,
)
from tests.functional.canaries import Canaries, kept
from tests.functional.mail.post_office import PostOffice
from tests.logged import Log

# what may be kept of what people send, and in which attribute of which table
KEPT: Mapping[str, Mapping[str, set[str]]] = {
    "UsersTable": {"email": {"email"}, "name": {"name"}},
    "UserEmailsTable": {"email": {"email"}},
    "UserSessionsTable": {"email": {"email"}, "name": {"name"}, "user_agent": {"User-Agent"}},
}


Send = Callable[[dict[str, Any]], Answer]
Call = Callable[..., Answer]


@pytest.fixture
def canaries() -> Canaries:
    return Canaries()


@pytest.fixture
def escaped(
    canaries: Canaries,
    log: Log,
    caplog: pytest.LogCaptureFixture,
    capfd: pytest.CaptureFixture[str],
) -> Callable[[], set[str]]:
    """Which canaries are in what comes out of the process: any log, any output."""
    caplog.set_level(logging.INFO)
    return lambda: canaries.found_in("\n".join([log.text, caplog.text, *capfd.readouterr()]))


@pytest.fixture
def send(scene: Scene, canaries: Canaries) -> Send:
    """Send a request with canaries in all that is around the body."""

    def noisy(request: dict[str, Any]) -> Answer:
        headers = {**canaries.headers(), **request.get("headers", {})}
        path = request["path"] + canaries.query()
        return scene.api.call(**{**request, "path": path, "headers": headers})

    return noisy


@pytest.fixture
def call(scene: Scene, send: Send) -> Call:
    """Call an endpoint like that."""
    return lambda endpoint, **other: send(endpoint.request(scene, **other))


def test_a_whole_life_leaves_traces_only_where_they_belong(
    call: Call,
    canaries: Canaries,
    post: PostOffice,
    stack: Deployment,
    escaped: Callable[[], set[str]],
) -> None:
    _live(call, canaries, post)
    waiting = " ".join(message["Body"] for message in post.waiting())
    post.deliver()

    assert escaped() == set()
    assert canaries.found_in(waiting) == {"email"}
    assert len(post.mails) == 4
    for mail in post.mails:
        assert canaries.found_in(mail.subject + mail.sender) == set()
        assert canaries.found_in(mail.text + mail.html) == {"name"}
        assert canaries.found_in(" ".join(mail.to)) == {"email"}
    assert kept(stack, canaries) == KEPT


@each(ALL)
def test_refused_requests_leave_no_trace(
    scene: Scene,
    endpoint: Endpoint,
    call: Call,
    canaries: Canaries,
    stack: Deployment,
    escaped: Callable[[], set[str]],
) -> None:
    refused = 401 if endpoint in PROTECTED else endpoint.status
    for token in (canaries("token"), ".".join(canaries("token") for _ in range(3))):
        assert call(endpoint, token=token).status == refused
    basic = {"Authorization": f"Basic {canaries('basic')}"}
    assert call(endpoint, token=None, headers=basic).status == refused
    # paths that nobody has, or not with this method
    for method in ("GET", "PUT", "PATCH"):
        path = f"{endpoint.path.format(session_id='x')}/{canaries('path')}"
        assert scene.api.call(method, path).status in (401, 404, 405)

    assert escaped() == set()
    agent = {"UserSessionsTable": {"user_agent": {"User-Agent"}}}
    assert kept(stack, canaries) == (agent if endpoint == LOG_IN else {})


@each(WITH_BODY)
def test_refused_bodies_leave_no_trace(
    scene: Scene,
    endpoint: Endpoint,
    call: Call,
    canaries: Canaries,
    stack: Deployment,
    escaped: Callable[[], set[str]],
) -> None:
    assert endpoint.body is not None
    good = endpoint.body(scene)
    json_type = {"Content-Type": "application/json"}
    for body in (
        {**good, canaries("unknown field"): canaries("unknown field's value")},
        *({**good, name: [canaries(name)]} for name in good),
        *({**good, name: {canaries(name): canaries(name)}} for name in good),
        *({**good, name: canaries(name) * 40} for name in good),
        *({**good, name: f"{canaries(name)}\ud800"} for name in good),
    ):
        assert call(endpoint, json=body).status in (400, 422, 401, 410)
    for raw in (f'"{canaries("raw")}"', f'{{"email": {canaries("raw")}', canaries("raw")):
        assert call(endpoint, body=raw.encode(), headers=json_type).status == 400
    media_type = {"Content-Type": f"text/{canaries('media type')}"}
    assert call(endpoint, body=b"{}", headers=media_type).status == 415

    assert escaped() == set()
    assert kept(stack, canaries) == {}


@each(ALL)
def test_crashes_leave_no_trace(
    scene: Scene,
    endpoint: Endpoint,
    send: Send,
    canaries: Canaries,
    aws_calls: AwsCalls,
    escaped: Callable[[], set[str]],
) -> None:
    for number in (1, 2, 3):
        request = endpoint.request(scene)
        aws_calls.forget()
        aws_calls.fail(number, canaries.errors())

        answer = send(request)

        assert (answer.status >= 500) == (len(aws_calls.made) >= number)
        assert canaries.found_in(answer.text) == set()
    assert escaped() == set()


def test_the_consumer_logs_nothing_of_its_messages(
    call: Call,
    canaries: Canaries,
    post: PostOffice,
    aws_calls: AwsCalls,
    log: Log,
    escaped: Callable[[], set[str]],
) -> None:
    post.put(canaries("message"))
    post.put(f'{{"kind": "{canaries("kind")}", "email": "{canaries.email()}"}}')
    call(FORGET_PASSWORD, json={"email": canaries.email()})
    call(FORGET_PASSWORD)
    post.faults = [canaries.errors()]
    assert post.deliver() == []
    assert len(post.deliver()) == 1
    for number in range(1, 6):
        call(FORGET_PASSWORD)
        aws_calls.forget()
        aws_calls.fail(number, canaries.errors())
        post.deliver()

    assert len(log.named("crash")) > 5
    assert escaped() == set()


def test_the_gateways_log_has_nothing_that_callers_choose(stack: Deployment) -> None:
    api = stack.template.document["Resources"]["Api"]["Properties"]

    variables = set(re.findall(r"\$[\w.]+", api["AccessLogSettings"]["Format"]))

    assert variables == {
        "$context.requestId",
        "$context.requestTime",
        "$context.identity.sourceIp",
        "$context.routeKey",
        "$context.status",
        "$context.responseLatency",
        "$context.integrationErrorMessage",
    }


def _live(call: Call, canaries: Canaries, post: PostOffice) -> None:
    """Use every endpoint, as people would in the course of time."""
    email, passw, new = canaries.email(), canaries("passw"), canaries("passw")
    person = {"email": email, "name": canaries("name"), "passw": passw}
    invited = {"email": canaries.email(), "name": canaries("name"), "invite": True}
    statuses = [call(SIGN_UP, json=person).status, call(SIGN_UP, json=invited).status]
    tokens = call(LOG_IN, json={"email": email, "passw": passw}).json
    token, refresh_token = tokens["access_token"], tokens["refresh_token"]
    statuses += [
        call(REFRESH, json={"refresh_token": refresh_token}).status,
        call(ANY_USERS, token=token).status,
        call(SHOW_SEANCES, token=token).status,
        call(FORGET_PASSWORD, json={"email": email}).status,
    ]
    invitation, _ = post.deliver()
    change = {"current_passw": passw, "passw": new}
    reset = {"reset_token": invitation.token, "passw": canaries("passw")}
    statuses += [
        call(CHANGE_PASSWORD, token=token, json=change).status,
        call(RESET_PASSWORD, json=reset).status,
        call(LOG_IN, json={"email": email, "passw": new}).status,
        call(END_OTHER_SEANCES, token=token).status,
        call(END_SEANCE).status,
        call(ISSUE_RESET_TOKEN, json={"email": email}).status,
        call(LOG_OUT).status,
        call(HEALTH).status,
        call(JWKS).status,
    ]
    assert [status for status in statuses if status >= 300] == []
