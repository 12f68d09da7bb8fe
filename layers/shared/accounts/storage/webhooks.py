"""Webhooks and what became of each delivery, in one table that only those functions have.

Beside the other models, so that who has nothing to do with webhooks does not load these.
"""

from collections.abc import Sequence
from typing import Any

from pynamodb.attributes import (
    BooleanAttribute,
    JSONAttribute,
    ListAttribute,
    TTLAttribute,
    UnicodeAttribute,
    UTCDateTimeAttribute,
)

from accounts import settings
from accounts.storage.dynamodb import IntegerAttribute, Table, unavailable_on_failure

# the partition that all webhooks are in; there are few, and each event is for any of them
_ALL = "webhooks"


class Webhook(Table):
    """Where events are sent, and how that goes: one that fails for long is paused."""

    table_section = staticmethod(settings.events)
    table_setting = "webhooks_table"

    class Meta:
        table_name = ""

    owner = UnicodeAttribute(hash_key=True, default=_ALL)
    id = UnicodeAttribute(range_key=True)
    url = UnicodeAttribute()
    events = ListAttribute[Any](of=UnicodeAttribute)
    personal_data = BooleanAttribute()
    # who saved it last, whose right to read accounts decides over personal data
    maker_id = IntegerAttribute()
    # what each of its secrets is made of, the newest first; an older one has an end
    seeds = JSONAttribute()
    created_at = UTCDateTimeAttribute()
    updated_at = UTCDateTimeAttribute()
    # another one with each change, for conditions to name
    revision = UnicodeAttribute()
    # in a row
    failures = IntegerAttribute(default=0)
    failing_since = UTCDateTimeAttribute(null=True)
    paused_until = UTCDateTimeAttribute(null=True)

    @classmethod
    def all(cls) -> "Sequence[Webhook]":
        """Return every webhook as of now, by name.

        Raises:
            UnavailableError: DynamoDB did not answer.
        """
        return cls.find_all(_ALL)

    @classmethod
    def called(cls, name: str) -> "Webhook | None":
        """Return the webhook of this name as of now, or None.

        Raises:
            UnavailableError: DynamoDB did not answer.
        """
        return cls.find(_ALL, name)

    def wants(self, event_type: str) -> bool:
        """Say whether it is to be told of events of this type."""
        return "*" in self.events or event_type in self.events


class Delivery(Table):
    """What became of one event for one webhook."""

    table_section = staticmethod(settings.events)
    table_setting = "webhooks_table"

    class Meta:
        table_name = ""

    # of the webhook, which its name is made unlike those of others by
    owner = UnicodeAttribute(hash_key=True)
    # the event's, which begins with the time
    id = UnicodeAttribute(range_key=True)
    type = UnicodeAttribute()
    status = UnicodeAttribute()
    # of this round; somebody who asks for it again begins another
    attempts = IntegerAttribute(default=0)
    round = UnicodeAttribute()
    attempted_at = UTCDateTimeAttribute(null=True)
    next_attempt_at = UTCDateTimeAttribute(null=True)
    response_status = IntegerAttribute(null=True)
    latency_ms = IntegerAttribute(null=True)
    # in a word, where there was no answer, and else the beginning of a refusal
    reason = UnicodeAttribute(null=True)
    expires_at = TTLAttribute()

    @staticmethod
    def owner_of(webhook: str) -> str:
        """Return the partition of a webhook's deliveries."""
        return f"webhook#{webhook}"

    def keep(self) -> None:
        """Write it as it is here, whatever was there; another attempt writes its own.

        Raises:
            UnavailableError: DynamoDB did not answer.
        """
        with unavailable_on_failure():
            self.save()
