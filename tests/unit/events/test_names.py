"""Every event of the trail has a name that others know it by, and tells what it may alone."""

import json
from collections.abc import Mapping

import jsonschema
import pytest

from accounts import clock
from accounts.events import names
from accounts.events.payloads import Event
from accounts.storage.tables import AuditEvent
from infra.docs import events
from tests.support import recorded

# what the trail has, and nobody else is told: a digest of an imported hash
KEPT_BACK = {("user_created", "imported")}
# the contract: nobody who listens may find one of these called otherwise
PROMISED = {
    "user.created",
    "user.updated",
    "user.disabled",
    "user.enabled",
    "user.deleted",
    "session.begun",
    "session.ended",
    "session.theft",
    "role.saved",
    "service_token.issued",
}


def test_every_event_of_the_trail_has_a_name() -> None:
    unnamed = set(recorded.details()) - set(names.BY_TRAIL)

    assert unnamed == set(), "names.py has to say what others are told of these"


def test_no_name_is_of_an_event_that_never_is() -> None:
    assert set(names.BY_TRAIL) - set(recorded.details()) == set()


def test_every_detail_is_told_or_kept_back_on_purpose() -> None:
    untold = {
        (what, detail)
        for what, details in recorded.details().items()
        for detail in details - set(names.BY_TRAIL[what].fields)
    }

    assert untold == KEPT_BACK


def test_promised_names_are_there() -> None:
    assert set(names.TYPES) >= PROMISED


def test_no_two_events_have_one_name() -> None:
    found = [*(kind.name for kind in names.BY_TRAIL.values()), *PROMISED]

    assert len(names.TYPES) == len({*found, *names.TYPES})
    assert names.TEST.name not in names.TYPES


@pytest.mark.parametrize(
    ("what", "details", "name"),
    [
        ("user_updated", {"name": "changed"}, "user.updated"),
        ("user_updated", {"status": "disabled"}, "user.disabled"),
        ("user_updated", {"status": "active", "role": "methodist"}, "user.enabled"),
        ("session_ended", {"why": "log_out"}, "session.ended"),
        ("session_ended", {"why": "refresh_token_replayed"}, "session.theft"),
    ],
)
def test_what_has_changed_decides_on_the_name(
    what: str, details: Mapping[str, str], name: str
) -> None:
    kind = names.of(what, details)

    assert kind is not None
    assert kind.name == name


def test_schema_is_one() -> None:
    jsonschema.Draft202012Validator.check_schema(events.schema())


def _of_every_type() -> list[AuditEvent]:
    values = {"text": "disabled", "number": 1, "texts": ["a:b"]}
    return [
        AuditEvent(what=what, details={name: values[field] for name, field in kind.fields.items()})
        for what, kind in names.BY_TRAIL.items()
    ]


@pytest.mark.parametrize("item", _of_every_type(), ids=lambda item: item.what)
@pytest.mark.parametrize("personal", [None, {"email": "a@example.com", "name": "A"}])
def test_what_is_told_meets_the_schema(
    item: AuditEvent, personal: Mapping[str, str] | None
) -> None:
    item.user_id, item.event_id = 5, "2026-01-01T12:00:00.123456Z-1a2b3c4d"
    item.happened_at, item.ip_address = clock.now(), "192.0.2.1"
    event = Event.of(item)
    assert event is not None

    told = json.loads(event.text(personal))

    jsonschema.Draft202012Validator(events.schema()).validate(told)
    assert "192.0.2.1" not in event.text(personal)
    assert told["id"] == "evt_20260101T120000123456Z_1a2b3c4d_5"
