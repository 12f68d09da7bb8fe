"""What a webhook has not taken is sent again."""

import boto3
import pytest

from accounts import clock
from accounts.events import payloads
from accounts.storage.webhooks import Delivery
from tests.infra.manage.conftest import Manage
from tests.support.deployment import Deployment
from tests.support.scene import Scene


@pytest.fixture
def failed(scene: Scene) -> dict[str, str]:
    """Name of a webhook and id of an event that it has not taken."""
    return dict(scene.delivery())


def _queued(stack: Deployment) -> list[str]:
    sqs, url = boto3.client("sqs"), stack.resources["WebhookQueue"]["Ref"]
    answer = sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=10)
    return [message["Body"] for message in answer.get("Messages", [])]


def test_all_that_failed_is_on_its_way_again(
    manage: Manage, stack: Deployment, failed: dict[str, str]
) -> None:
    taken = Delivery(owner=Delivery.owner_of(failed["name"]), id=payloads.new_test_id())
    taken.type, taken.status, taken.round = "webhook.test", "delivered", ""
    taken.expires_at = clock.now()
    taken.save()

    ended = manage("redeliver", failed["name"])

    assert (ended.code, ended.err) == (0, "1 event on the way to crm again.\n")
    (body,) = _queued(stack)
    assert failed["delivery_id"] in body


def test_one_event_is_sent_again(manage: Manage, stack: Deployment, failed: dict[str, str]) -> None:
    ended = manage("redeliver", failed["name"], failed["delivery_id"])

    assert ended.code == 0
    assert failed["delivery_id"] in _queued(stack)[0]


@pytest.mark.parametrize("arguments", [("other",), ("other", "evt"), ("crm", "evt")])
def test_what_nobody_knows_is_refused(
    manage: Manage, stack: Deployment, failed: dict[str, str], arguments: tuple[str, ...]
) -> None:
    ended = manage("redeliver", *arguments)

    assert ended.code == 1
    assert "no webhook other" in ended.err or "delivery evt to crm" in ended.err
    assert _queued(stack) == []
