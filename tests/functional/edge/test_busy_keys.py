"""No key is touched by more than one request in fifty, but for those that are written down."""

import re
from collections import Counter, defaultdict
from collections.abc import Collection, Sequence
from dataclasses import replace

import pytest

from accounts.storage.tables import LoginAttempt
from tests.support import busy_keys, people
from tests.support.api import Api
from tests.support.aws_calls import AwsCalls
from tests.support.busy_keys import ADDRESS, CALLER, Busy, Key
from tests.support.clocks import Clock
from tests.support.crowd import own, word
from tests.support.deployment import Deployment
from tests.support.endpoint import Endpoint
from tests.support.people import Person
from tests.support.register import ALL
from tests.support.scene import Scene
from tests.support.touches import Touches

# so few that all endpoints take a minute: a key that two of them touch is busy, and of fifty
# keys that are used alike two of them nearly always take the same
PEOPLE = 24
ADMINISTRATORS, BACK_ENDS, NETWORKS, INITIALS = 4, 4, 4, 12
NETWORK = "198.51.100"
MOST = 1 / 50


@pytest.fixture
def touches(stack: Deployment, aws_calls: AwsCalls) -> Touches:
    """What notes the keys that requests touch, once it is on."""
    touches = Touches(aws_calls.send, stack)
    aws_calls.send = touches
    return touches


@pytest.fixture
def admins(api: Api) -> Sequence[Person]:
    """Some people who may do everything."""
    return [people.person(api, f"Admin{n}", "administrator") for n in range(ADMINISTRATORS)]


@pytest.fixture
def back_ends(api: Api) -> Sequence[str]:
    """The tokens of some back-ends."""
    return [people.service_token(api, f"Shop {n}") for n in range(BACK_ENDS)]


@pytest.fixture
def crowd(
    api: Api, admins: Sequence[Person], back_ends: Sequence[str], clock: Clock
) -> Sequence[Scene]:
    """People of some networks, each with one of the administrators and of the back-ends."""
    scenes = []
    for number in range(PEOPLE):
        there = api.seen_from(f"{NETWORK}.{number % NETWORKS}")
        person = people.person(
            there, word(number % INITIALS + 26 * (number // INITIALS)).title(), "read_only"
        )
        admin = replace(admins[number % ADMINISTRATORS], api=there)
        scenes.append(Scene(there, person, admin, back_ends[number % BACK_ENDS]))
    for count in LoginAttempt.scan():
        count.delete()
    # so that a log-in of now is another one
    clock.advance(seconds=60)
    return scenes


def test_no_key_is_busy_but_those_that_are_written_down(
    crowd: Sequence[Scene],
    admins: Sequence[Person],
    back_ends: Sequence[str],
    stack: Deployment,
    touches: Touches,
) -> None:
    content = stack.content()
    callers = {people.claims(token)["sub"] for token in (*back_ends, *(it.token for it in admins))}
    listed: set[Busy] = set()
    unlisted: dict[Key, set[str]] = defaultdict(set)

    for endpoint in ALL:
        stack.fill(content)
        for touched in _busy(endpoint, crowd, touches):
            key = touched._replace(value=_nameless(touched.value, callers))
            found = busy_keys.which(key, endpoint)
            listed.update(found)
            if not found:
                unlisted[key].add(endpoint.key)

    assert unlisted == {}
    assert [busy for busy in busy_keys.ALL if busy not in listed] == []


def _busy(endpoint: Endpoint, crowd: Sequence[Scene], touches: Touches) -> Sequence[Key]:
    """Return the keys that too many of the calls touch, one call of each person."""
    times: Counter[Key] = Counter()
    for number, scene in enumerate(crowd):
        request = endpoint.request(scene)
        if "json" in request:
            request["json"] = own(request["json"], number, scene)
        touches.requests.clear()
        touches.is_on = True
        answer = scene.api.call(**request)
        touches.is_on = False
        assert answer.status == endpoint.status, answer
        times.update(frozenset[Key]().union(*touches.requests))
    return [key for key, calls in times.items() if calls > 1 and calls > PEOPLE * MOST]


def _nameless(value: str, callers: Collection[str]) -> str:
    account, mark, shard = value.partition("#")
    if account in callers:
        return f"{CALLER}{mark}{shard}"
    return re.sub(rf"#{NETWORK}\.\d+#", f"#{ADDRESS}#", value)
