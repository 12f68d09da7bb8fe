"""Events, switched on and off on a stack that runs: what is there for them, and what stays."""

from collections.abc import Callable

import pytest

from tests.support.rehearsal.rehearsal import Rehearsal

pytestmark = pytest.mark.rehearsal

THEIRS = {
    "DeliverWebhooks",
    "DeliverWebhooksQueue",
    "EventBus",
    "EventDeadLetters",
    "PublishEvents",
    "PublishEventsTrail",
    "WebhookDeadLetters",
    "WebhookQueue",
}
STAYING = ("AuditEventsTable", "WebhooksTable", "SaveWebhook", "LogIn", "MailQueue")


def test_events_come_when_they_are_switched_on_and_go_without_a_trace(
    new_stack: Callable[..., Rehearsal],
) -> None:
    rehearsal = new_stack()
    rehearsal.deploy()
    were = {name: rehearsal.id(name) for name in STAYING}
    assert not THEIRS & set(rehearsal.stack.resources)

    rehearsal.deploy(Events="true")
    assert set(rehearsal.stack.resources) >= THEIRS
    source = rehearsal.stack.resources["PublishEventsTrail"].properties["EventSourceArn"]
    assert f"/{were['AuditEventsTable']}/stream/" in source

    rehearsal.deploy(Events="false")
    assert not THEIRS & set(rehearsal.stack.resources)
    assert {name: rehearsal.id(name) for name in STAYING} == were
    assert rehearsal.stack.retained("AWS::DynamoDB::Table") == []
