"""GET /api/v1/server/webhooks, PUT and DELETE /api/v1/server/webhooks/{name}."""

from collections.abc import Callable
from typing import Any

import pytest

from accounts.administration import webhooks
from tests.support.aws_calls import AwsCalls
from tests.support.clocks import Clock
from tests.support.deployment import Deployment
from tests.support.desk import Desk
from tests.support.endpoint import Endpoint
from tests.support.hooks import Hooks
from tests.support.people import Person
from tests.support.register import (
    DELETE_WEBHOOK,
    LIST_DELIVERIES,
    LIST_WEBHOOKS,
    REDELIVER_EVENT,
    SAVE_WEBHOOK,
    TEST_WEBHOOK,
    each,
)
from tests.support.scene import Scene

URL = "https://hooks.example.com/users"
NOT_HTTPS = "Must begin with https:// and have no port but 443"
NO_HOST = "Must name a host of the internet, in ASCII (xn--... if it has others)"
NO_ADDRESS = "Must be up to 512 ASCII characters of a web address"
# what a webhook may not lead to, by what is said of it
REFUSED = {
    "http://hooks.example.com/": NOT_HTTPS,
    "ftp://hooks.example.com/": NOT_HTTPS,
    "file:///etc/passwd": NOT_HTTPS,
    "gopher://hooks.example.com/": NOT_HTTPS,
    "https://hooks.example.com:8443/": NOT_HTTPS,
    "https://hooks.example.com:22/": NOT_HTTPS,
    "hooks.example.com": NOT_HTTPS,
    "": NO_ADDRESS,
    "https://user:secret@hooks.example.com/": "Must name no user",
    "https://hooks.example.com@127.0.0.1/": "Must name no user",
    "https://@hooks.example.com/": "Must name no user",
    "https://hooks.example.com/#part": "Must have no fragment",
    "https://hooks.example.com/#": "Must have no fragment",
    "https://127.0.0.1/": NO_HOST,
    "https://2130706433/": NO_HOST,
    "https://0x7f000001/": NO_HOST,
    "https://0177.0.0.1/": NO_HOST,
    "https://127.1/": NO_HOST,
    "https://0/": NO_HOST,
    "https://[::1]/": NO_HOST,
    "https://[::ffff:127.0.0.1]/": NO_HOST,
    "https://169.254.169.254/latest/meta-data": NO_HOST,
    "https://localhost/": NO_HOST,
    "https://intranet/": NO_HOST,
    "https://hooks.example.com./": NO_HOST,
    "https://hooks..example.com/": NO_HOST,
    "https://-hooks.example.com/": NO_HOST,
    "https:///path": NO_HOST,
    "https://hooks.example.c0m-/": NO_HOST,
    "https://bücher.example/": NO_ADDRESS,
    "https://hooks。example。com/": NO_ADDRESS,
    "https://hooks.example.com/ path": NO_ADDRESS,
    "https://hooks.example.com\\@127.0.0.1/": NO_ADDRESS,
    "https://hooks.example.com/\r\nHost: other": NO_ADDRESS,
    "https://hooks.example.com:99999/": "Must be a web address",
    f"https://hooks.example.com/{'a' * 500}": NO_ADDRESS,
}


def test_saved_webhook_is_the_answer_with_its_secret(hooks: Hooks, admin: Person) -> None:
    answer = hooks.save(url=URL, events=["user.created", "user.deleted"])

    assert answer.status == 200
    secret, created_at = answer.json["secret"], answer.json["created_at"]
    assert secret.startswith("whsec_")
    assert answer.json == {
        "name": "crm",
        "url": URL,
        "events": ["user.created", "user.deleted"],
        "personal_data": False,
        "maker_id": admin.id,
        "created_at": created_at,
        "updated_at": created_at,
        "secret": secret,
    }


def test_secret_is_shown_once(hooks: Hooks, stack: Deployment) -> None:
    secret = hooks.save(url=URL).json["secret"]

    again, listed = hooks.save(url=URL), hooks.list()

    assert "secret" not in again.json
    assert secret not in listed.text
    # nor can it be read off the tables
    assert secret.removeprefix("whsec_") not in str(stack.stored())


def test_no_two_webhooks_have_one_secret(hooks: Hooks) -> None:
    first, second = hooks.save("crm", url=URL), hooks.save("erp", url=URL)

    assert first.json["secret"] != second.json["secret"]


def test_rotation_shows_another_secret_and_says_how_long_the_old_one_is_good(
    hooks: Hooks, clock: Clock
) -> None:
    old = hooks.save(url=URL).json["secret"]

    answer = hooks.save(url=URL, rotate_secret=True)

    assert answer.json["secret"] not in (old, None)
    assert answer.json["old_secret_until"] > f"{clock.time:%Y-%m-%d}"


def test_webhooks_are_listed_by_name(hooks: Hooks) -> None:
    for name in ("crm", "billing"):
        hooks.save(name, url=URL)

    answer = hooks.list()

    assert answer.status == 200
    assert [webhook["name"] for webhook in answer.json["webhooks"]] == ["billing", "crm"]


def test_deleted_webhook_is_gone(hooks: Hooks) -> None:
    hooks.save(url=URL)

    assert (hooks.delete().status, hooks.list().json) == (204, {"webhooks": []})
    assert (hooks.delete().status, hooks.delete().code) == (404, "webhook_not_found")


def test_one_more_than_there_may_be_is_refused(
    hooks: Hooks, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(webhooks, "MOST", 1)
    hooks.save("crm", url=URL)

    answer = hooks.save("erp", url=URL)

    assert (answer.status, answer.code) == (409, "too_many_webhooks")
    assert hooks.save("crm", url=URL).status == 200


@pytest.mark.parametrize("url", REFUSED)
def test_webhook_leads_to_a_host_of_the_internet_by_https(hooks: Hooks, url: str) -> None:
    answer = hooks.save(url=url)

    assert answer.status == 422
    assert answer.json["details"] == [{"field": "url", "message": REFUSED[url]}]
    assert hooks.list().json == {"webhooks": []}


@pytest.mark.parametrize(
    "url",
    [
        URL,
        "https://hooks.example.com",
        "HTTPS://Hooks.Example.Com/",
        "https://hooks.example.com:443/a?b=c&d=%20",
        "https://xn--bcher-kva.example/",
        "https://a.b.c.d.example/",
    ],
)
def test_others_are_taken_as_they_are(hooks: Hooks, url: str) -> None:
    assert hooks.save(url=url).json["url"] == url


@pytest.mark.parametrize(
    ("body", "field", "message"),
    [
        ({"events": []}, "events", "Must have at least 1 of them"),
        ({"events": ["user.exploded"]}, "events.0", "Is no type of event"),
        ({"events": ["webhook.test"]}, "events.0", "Is no type of event"),
        ({"events": [1]}, "events.0", "Must be a string"),
        ({"events": "user.created"}, "events", "Must be a list"),
        ({"personal_data": "true"}, "personal_data", "Must be true or false"),
        ({"rotate_secret": 1}, "rotate_secret", "Must be true or false"),
        ({"secret": "whsec_mine"}, "secret", "Unknown field"),
        ({"url": {"S": URL}}, "url", "Must be a string"),
    ],
)
def test_what_is_wrong_with_a_webhook_is_told(
    hooks: Hooks, body: dict[str, Any], field: str, message: str
) -> None:
    answer = hooks.save(**{"url": URL, **body})

    assert answer.status == 422
    assert answer.json["details"] == [{"field": field, "message": message}]


@pytest.mark.parametrize("name", ["A", "1a", "a b", "-", "a" * 65, "ü"])
def test_name_of_a_webhook_is_a_plain_word(hooks: Hooks, name: str) -> None:
    assert hooks.save(name, url=URL).status in (404, 422)


# nobody gets more than they have


def test_personal_data_need_the_right_to_read_accounts(desk: Desk, hooks: Hooks) -> None:
    clerk = desk.somebody_with("webhooks:write")
    by_clerk = Hooks(hooks.api, clerk.token)

    answer = by_clerk.save(url=URL, personal_data=True)

    assert (answer.status, answer.json["message"]) == (403, "Permission users:read required")
    assert by_clerk.save(url=URL).status == 200


def test_who_changes_a_webhook_answers_for_its_personal_data(desk: Desk, hooks: Hooks) -> None:
    hooks.save(url=URL, personal_data=True)
    clerk = desk.somebody_with("webhooks:write")
    by_clerk = Hooks(hooks.api, clerk.token)

    assert by_clerk.save(url="https://thief.example/", personal_data=True).status == 403
    assert by_clerk.save(url="https://thief.example/").json["personal_data"] is False


@pytest.mark.parametrize("endpoint", [SAVE_WEBHOOK, DELETE_WEBHOOK], ids=lambda it: it.key)
def test_deciding_who_hears_takes_a_recent_proof(
    scene: Scene, clock: Clock, endpoint: Endpoint
) -> None:
    request = endpoint.request(scene)
    clock.advance(seconds=601)

    answer = scene.api.call(**request)

    assert (answer.status, answer.code) == (403, "reauthentication_required")


@each(
    (
        LIST_WEBHOOKS,
        SAVE_WEBHOOK,
        DELETE_WEBHOOK,
        TEST_WEBHOOK,
        LIST_DELIVERIES,
        REDELIVER_EVENT,
    )
)
def test_where_events_are_off_nothing_is_asked_of_aws(
    scene: Scene, setting: Callable[..., None], aws_calls: AwsCalls, endpoint: Endpoint
) -> None:
    request = endpoint.request(scene)
    setting(EVENTS="false")
    aws_calls.forget()

    answer = scene.api.call(**request)

    assert (answer.status, answer.code) == (403, "webhooks_off")
    assert aws_calls.made == []
