"""Nothing that people send is found where it does not belong: not in logs, mails or tables."""

import re
from collections.abc import Iterator, Mapping

from tests.support.aws_calls import AwsCalls
from tests.support.canaries import READ_QUERY, Call, Canaries, Escaped, Send, kept
from tests.support.deployment import Deployment
from tests.support.endpoint import Endpoint
from tests.support.logged import Log
from tests.support.post_office import PostOffice
from tests.support.register import (
    ALL,
    CHANGE_PASSWORD,
    FORGET_PASSWORD,
    ISSUE_RESET_TOKEN,
    ISSUE_SERVICE_TOKEN,
    LIST_USERS,
    LOG_IN,
    LOG_IN_WITH_CODE,
    LOG_IN_WITH_PASSKEY,
    PROTECTED,
    PROVE_SECOND_FACTOR,
    REFRESH,
    RESET_PASSWORD,
    SAVE_ROLE,
    SHOW_USER_SEANCES,
    SIGN_UP,
    UPDATE_USER,
    WITH_BODY,
    each,
)
from tests.support.scene import Scene

# what may be kept of what people send, and in which attribute of which table
KEPT: Mapping[str, Mapping[str, set[str]]] = {
    "UsersTable": {
        "email": {"email"},
        "name": {"name"},
        "pending_email_change": {"email"},
    },
    "UserEmailsTable": {"email": {"email"}},
    "UserSessionsTable": {"email": {"email"}, "name": {"name"}, "user_agent": {"User-Agent"}},
    "RolesTable": {
        "name": {"role"},
        "title_en": {"title"},
        "title_ru": {"title"},
        "permissions": {"permission"},
    },
    # each word with its place in an order, by which people are found
    "SearchWordsTable": {"place": {"email", "name"}},
    "AuditEventsTable": {"details": {"permission", "role"}},
}


def test_a_whole_life_leaves_traces_only_where_they_belong(
    call: Call,
    canaries: Canaries,
    post: PostOffice,
    stack: Deployment,
    escaped: Escaped,
) -> None:
    _live(call, canaries, post)
    waiting = " ".join(message["Body"] for message in post.waiting())
    post.deliver()

    assert escaped() == set()
    # whom a notice goes to and how they are addressed, as of when it was ordered
    assert canaries.found_in(waiting) == {"email", "name"}
    assert len(post.mails) == 6
    for mail in post.mails:
        assert canaries.found_in(mail.subject + mail.sender) == set()
        # some greet nobody by name
        assert canaries.found_in(mail.text + mail.html) <= {"name"}
        assert canaries.found_in(" ".join(mail.to)) <= {"email"}
    assert kept(stack, canaries) == KEPT


@each(ALL)
def test_answered_requests_leave_the_name_of_the_browser_at_most(
    endpoint: Endpoint, call: Call, canaries: Canaries, stack: Deployment, escaped: Escaped
) -> None:
    assert call(endpoint).status == endpoint.status

    assert escaped() == set()
    agent = {"UserSessionsTable": {"user_agent": {"User-Agent"}}}
    begins_session = endpoint in (
        LOG_IN,
        LOG_IN_WITH_CODE,
        LOG_IN_WITH_PASSKEY,
        PROVE_SECOND_FACTOR,
        ISSUE_SERVICE_TOKEN,
    )
    assert kept(stack, canaries) == (agent if begins_session else {})


@each(PROTECTED)
def test_callers_who_are_not_known_leave_no_trace(
    endpoint: Endpoint, call: Call, canaries: Canaries, stack: Deployment, escaped: Escaped
) -> None:
    for token in (canaries("token"), ".".join(canaries("token") for _ in range(3))):
        assert call(endpoint, token=token).status == 401
    basic = {"Authorization": f"Basic {canaries('basic')}"}
    assert call(endpoint, token=None, headers=basic).status == 401

    assert escaped() == set()
    assert kept(stack, canaries) == {}


@each(ALL)
def test_paths_and_methods_that_nobody_has_leave_no_trace(
    scene: Scene, endpoint: Endpoint, call: Call, canaries: Canaries, escaped: Escaped
) -> None:
    path = endpoint.request(scene)["path"]
    for method in ("GET", "PUT", "PATCH", "DELETE"):
        answer = scene.api.call(method, f"{path}/{canaries('path')}")
        assert answer.status in (401, 404, 405)

    assert escaped() == set()


@each(WITH_BODY)
def test_refused_bodies_leave_no_trace(
    scene: Scene,
    endpoint: Endpoint,
    call: Call,
    canaries: Canaries,
    stack: Deployment,
    escaped: Escaped,
) -> None:
    assert endpoint.body is not None
    good = endpoint.body(scene)
    for body in (
        {**good, canaries("unknown field"): canaries("unknown field's value")},
        {name: [canaries(name)] for name in good},
        {name: {canaries(name): canaries(name)} for name in good},
        {name: canaries(name) * 60 for name in good},
        {name: f"{canaries(name)}\ud800" for name in good},
    ):
        assert call(endpoint, json=body).status in (400, 422)
    json_type = {"Content-Type": "application/json"}
    for raw in (f'"{canaries("raw")}"', f'{{"email": {canaries("raw")}', canaries("raw")):
        assert call(endpoint, body=raw.encode(), headers=json_type).status == 400
    media_type = {"Content-Type": f"text/{canaries('media type')}"}
    assert call(endpoint, body=b"{}", headers=media_type).status == 415

    assert escaped() == set()
    assert kept(stack, canaries) == {}


@each(READ_QUERY)
def test_refused_queries_leave_no_trace(
    scene: Scene, endpoint: Endpoint, canaries: Canaries, escaped: Escaped
) -> None:
    request = endpoint.request(scene)
    for query in (canaries.query(), *(f"?{name}={canaries(name)}" for name in ("limit", "cursor"))):
        assert scene.api.call(**{**request, "path": request["path"] + query}).status == 422

    assert escaped() == set()


@each(ALL)
def test_crashes_leave_no_trace(
    scene: Scene,
    endpoint: Endpoint,
    send: Send,
    canaries: Canaries,
    aws_calls: AwsCalls,
    escaped: Escaped,
) -> None:
    for number in (1, 2, 3):
        request = endpoint.request(scene)
        aws_calls.forget()
        aws_calls.fail(number, canaries.errors())

        answer = send(endpoint, request)

        assert (answer.status >= 500) == (len(aws_calls.made) >= number)
        assert canaries.found_in(answer.text) == set()
    assert escaped() == set()


def test_the_consumer_logs_nothing_of_its_messages(
    call: Call,
    canaries: Canaries,
    post: PostOffice,
    aws_calls: AwsCalls,
    log: Log,
    escaped: Escaped,
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
        "$context.identity.sourceIp",
        "$context.routeKey",
        "$context.status",
        "$context.responseLatency",
        "$context.integrationErrorMessage",
    }


def _live(call: Call, canaries: Canaries, post: PostOffice) -> None:
    """Let people use the service in the course of time."""
    email, passw, new = canaries.email(), canaries("passw"), canaries("passw")
    person = {"email": email, "name": canaries("name"), "passw": passw}
    invited = {"email": canaries.email(), "name": canaries("name"), "invite": True}
    statuses = [call(SIGN_UP, json=person).status, call(SIGN_UP, json=invited).status]
    tokens = call(LOG_IN, json={"email": email, "passw": passw}).json
    refresh = {"refresh_token": tokens["refresh_token"]}
    statuses.append(call(REFRESH, json=refresh).status)
    statuses.append(call(FORGET_PASSWORD, json={"email": email}).status)
    invitation, _ = post.deliver()
    change = {"current_passw": passw, "passw": new}
    reset = {"reset_token": invitation.token, "passw": canaries("passw")}
    statuses += [
        call(CHANGE_PASSWORD, token=tokens["access_token"], json=change).status,
        call(RESET_PASSWORD, json=reset).status,
        call(LOG_IN, json={"email": email, "passw": new}).status,
        call(ISSUE_RESET_TOKEN, json={"email": email}).status,
        call(LIST_USERS).status,
        call(SHOW_USER_SEANCES).status,
        call(UPDATE_USER, json={"name": canaries("name"), "email": canaries.email()}).status,
        *_administer(call, canaries),
    ]
    assert [status for status in statuses if status >= 300] == []


def _administer(call: Call, canaries: Canaries) -> Iterator[int]:
    back_end = {"email": canaries.email(), "name": canaries("name")}
    yield call(ISSUE_SERVICE_TOKEN, json=back_end).status
    title = {"en": canaries("title"), "ru": canaries("title")}
    body = {"title": title, "permissions": [f"{canaries('permission')}:read"]}
    _, path = SAVE_ROLE.at(name=canaries("role"))
    yield call(SAVE_ROLE, path=path, json=body).status
