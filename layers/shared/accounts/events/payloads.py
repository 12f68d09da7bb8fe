"""What others are told of an event: an envelope, and in it ids and what changed.

Made of the trail's own item whenever it is needed, so the two never differ. Neither secrets nor
addresses of the network are in it; names and e-mails only for who may read accounts, as of then.
"""

import json
import re
import secrets
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any, NamedTuple, Self

from accounts import clock
from accounts.events import names
from accounts.storage.tables import AuditEvent, User

# the time comes first, so that ids are in its order; the last part is the account
_ID = re.compile(r"evt_([0-9]{8}T[0-9]{12}Z)_([0-9a-f]{8})_([0-9]{1,16}|test)")
_OF_NO_ACCOUNT = "test"
# of an event in the trail, whose id begins with it
_TRAIL_TIME = "%Y-%m-%dT%H:%M:%S.%fZ"
_MOMENT = "%Y%m%dT%H%M%S%fZ"
_RANDOM_BYTES = 4


class NoEventError(Exception):
    """There is no such event: the text is no id of one, or the trail has none there."""


class Event(NamedTuple):
    """Something that happened, as others are told of it."""

    id: str
    type: str
    happened_at: datetime
    data: Mapping[str, Any]

    @classmethod
    def of(cls, item: AuditEvent) -> Self | None:
        """Return the event that an item of the trail is to others; None if it is none."""
        # below zero is what concerns no account
        kind = names.of(item.what, item.details) if item.user_id >= 0 else None
        if kind is None:
            return None
        changes = {name: item.details[name] for name in kind.fields if name in item.details}
        data = {
            "user_id": item.user_id,
            "actor_id": item.actor_id,
            "request_id": item.request_id,
            "changes": changes,
        }
        return cls(_id_of(item), kind.name, item.happened_at, data)

    @classmethod
    def test(cls, event_id: str, user_id: int) -> Self:
        """Return the event that tries a webhook, asked for by this account."""
        data: dict[str, Any] = {
            "user_id": user_id,
            "actor_id": user_id,
            "request_id": None,
            "changes": {},
        }
        return cls(event_id, names.TEST.name, _moment(event_id.split("_")[1]), data)

    def text(self, personal: Mapping[str, str] | None = None) -> str:
        """Return it as JSON, with ``personal`` data of the account if there are any."""
        data = self.data if personal is None else {**self.data, "user": personal}
        timestamp = f"{self.happened_at:%Y-%m-%dT%H:%M:%S.%fZ}"
        told = {"id": self.id, "type": self.type, "timestamp": timestamp, "data": data}
        return json.dumps(told, ensure_ascii=False, separators=(",", ":"))


def find(event_id: str) -> Event:
    """Return the event of this id, read off the trail as it is now.

    Raises:
        NoEventError: there is none, or no more.
        UnavailableError: DynamoDB did not answer.
    """
    match = _ID.fullmatch(event_id)
    if match is None or is_test(event_id):
        raise NoEventError(event_id)
    moment, random, user_id = match.groups()
    try:
        begins = _moment(moment).strftime(_TRAIL_TIME)
    except ValueError as error:
        raise NoEventError(event_id) from error
    item = AuditEvent.find(int(user_id), f"{begins}-{random}")
    event = Event.of(item) if item else None
    if event is None:
        raise NoEventError(event_id)
    return event


def new_test_id() -> str:
    """Return the id of an event that tries a webhook."""
    return _id(clock.now(), secrets.token_hex(_RANDOM_BYTES), _OF_NO_ACCOUNT)


def is_id(text: str) -> bool:
    """Say whether the text can be the id of an event, a test included."""
    return _ID.fullmatch(text) is not None


def is_test(event_id: str) -> bool:
    """Say whether the id is that of an event that tries a webhook."""
    return account_of(event_id) == _OF_NO_ACCOUNT


def account_of(event_id: str) -> str:
    """Return what the ids of an account's events end with; those of tests have another end."""
    return event_id.rpartition("_")[2]


def personal_data(user: User) -> Mapping[str, str]:
    """Return what is told of an account to who may read it."""
    return {"email": user.email, "name": user.name}


def _id_of(item: AuditEvent) -> str:
    moment, _, random = item.event_id.rpartition("-")
    at = datetime.strptime(moment, _TRAIL_TIME).replace(tzinfo=UTC)
    return _id(at, random, str(item.user_id))


def _id(moment: datetime, random: str, account: str) -> str:
    return f"evt_{moment.strftime(_MOMENT)}_{random}_{account}"


def _moment(text: str) -> datetime:
    return datetime.strptime(text, _MOMENT).replace(tzinfo=UTC)
