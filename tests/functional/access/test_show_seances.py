"""POST /api/v1/private/users/seances: the account's devices."""

from typing import Any

from tests.support.api import Api
from tests.support.aws_calls import AwsCalls
from tests.support.clocks import Clock
from tests.support.people import Person
from tests.support.register import LOG_IN, LOG_OUT, SHOW_SEANCES
from tests.support.spellings import forms

FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:126.0) Gecko/20100101 Firefox/126.0"


def _seances(api: Api, person: Person) -> list[dict[str, Any]]:
    answer = api.call(*SHOW_SEANCES.at(), token=person.token)
    assert answer.status == 200
    assert list(answer.json) == ["seances"]
    seances: list[dict[str, Any]] = answer.json["seances"]
    return seances


def test_device_is_described_in_full(api: Api, alice: Person, clock: Clock) -> None:
    clock.advance(seconds=60)
    began = clock.time
    answer = api.seen_from("198.51.100.7").call(
        *LOG_IN.at(), json=alice.credentials, headers={"User-Agent": FIREFOX}
    )

    seances = _seances(api, alice)

    assert seances[0] == {
        "session_id": seances[0]["session_id"],
        "device": "Firefox 126 on Linux",
        "user_agent": FIREFOX,
        "ip_address": "198.51.100.7",
        "created_at": began.strftime("%Y-%m-%dT%H:%M:%SZ"),
        "last_activity": began.strftime("%Y-%m-%dT%H:%M:%SZ"),
        "expires_at": seances[0]["expires_at"],
        "is_current": False,
    }
    assert answer.json["access_token"] not in str(seances)


def test_newest_comes_first_and_the_current_one_is_marked(
    api: Api, alice: Person, clock: Clock
) -> None:
    devices = [alice]
    for _ in range(2):
        clock.advance(seconds=1)
        devices.insert(0, alice.sign_in())

    for current in devices:
        assert [(s["session_id"], s["is_current"]) for s in _seances(api, current)] == [
            (device.session_id, device is current) for device in devices
        ]


def test_nobody_sees_the_devices_of_others(api: Api, alice: Person, bob: Person) -> None:
    bob.sign_in()

    assert [s["session_id"] for s in _seances(api, alice)] == [alice.session_id]


def test_ended_and_expired_sessions_are_not_shown(api: Api, alice: Person, clock: Clock) -> None:
    ended, expired = alice.sign_in(), alice.sign_in()
    api.call(*LOG_OUT.at(), token=ended.token)
    (stored,) = [s for s in alice.sessions if s.session_id == expired.session_id]
    stored.expires_at = clock.time
    stored.save()

    assert [s["session_id"] for s in _seances(api, alice)] == [alice.session_id]


def test_session_lasts_a_month_unless_it_is_refreshed(
    api: Api, alice: Person, clock: Clock
) -> None:
    (seance,) = _seances(api, alice)

    from_now = clock.time.fromisoformat(seance["expires_at"]) - clock.time
    assert from_now.days == 30


def test_no_token_or_hash_is_shown(api: Api, alice: Person) -> None:
    stored = alice.sessions[0]
    shown = str(_seances(api, alice))

    for secret in (
        alice.token,
        *alice.refresh_token.split(".")[3:],
        *forms(stored.newest),
        *forms(stored.family),
    ):
        assert secret
        assert secret not in shown


def test_hostile_user_agent_is_shown_as_text(api: Api, alice: Person) -> None:
    user_agent = "<script>alert('x')</script>\x1b[31m"
    api.call(*LOG_IN.at(), json=alice.credentials, headers={"User-Agent": user_agent})

    shown = [s["user_agent"] for s in _seances(api, alice) if not s["is_current"]]

    assert shown == [user_agent]


def test_it_costs_two_consistent_reads(api: Api, alice: Person, aws_calls: AwsCalls) -> None:
    _seances(api, alice)

    assert aws_calls.operations == ["GetItem", "Query"]
    assert all(call.arguments["ConsistentRead"] is True for call in aws_calls.made)
