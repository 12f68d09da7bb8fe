"""Who may call what: every endpoint, tried with every kind of credentials."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import cache

import pytest

from accounts.credentials import one_time_tokens
from accounts.credentials.one_time_tokens import Kind
from accounts.storage.tables import Role
from tests.support import people
from tests.support.callers import KINDS, YES
from tests.support.clocks import Clock
from tests.support.deployment import Deployment
from tests.support.endpoint import Endpoint
from tests.support.people import Person
from tests.support.register import ALL, each
from tests.support.scene import Scene

Credentials = Callable[[str], str | None]

# the contract, its page, and the pages, which are no endpoints: open to all where they are on
FILES = {
    "GET /openapi.json",
    "GET /docs",
    "GET /docs/{file}",
    "ANY /",
    "ANY /account",
    "ANY /account/{proxy+}",
    "ANY /assets/{proxy+}",
    "ANY /console",
    "ANY /console/{proxy+}",
    "ANY /.well-known/passkey-endpoints",
}


def test_register_has_every_declared_route(stack: Deployment) -> None:
    declared = {route.key for function in stack.functions for route in function.routes}

    assert {endpoint.key for endpoint in ALL} == declared - FILES - {"$default"}


@each(ALL)
@pytest.mark.parametrize("caller", KINDS)
def test_only_those_may_call_who_should(
    scene: Scene,
    stack: Deployment,
    endpoint: Endpoint,
    caller: str,
    credentials: Credentials,
    as_seen_by: Callable[[str], Scene],
) -> None:
    verdict = endpoint.callers.verdicts[caller]
    token = credentials(caller)
    # others than the caller are whom the administration's are about
    is_about_caller = verdict == YES and endpoint.zone != "server"
    seen = as_seen_by(caller) if is_about_caller else scene
    request = {**endpoint.request(seen), "token": token}

    if verdict == YES:
        answer = scene.api.call(**request)
        assert answer.status == endpoint.status, answer
    else:
        with stack.unchanged():
            answer = scene.api.call(**request)
        assert (answer.status, answer.code, answer.json["message"]) == verdict


@pytest.fixture
def enrolling(scene: Scene, admin: Person) -> Callable[[], Person]:
    """Somebody whose role demands a second factor, which they have yet to get."""

    @cache
    def person() -> Person:
        Role.get("administrator").update([Role.second_factor.set(True)])
        return people.person(scene.api, "Erin", "administrator")

    return person


@pytest.fixture
def as_seen_by(
    scene: Scene, bob: Person, methodist: Person, admin: Person, enrolling: Callable[[], Person]
) -> Callable[[str], Scene]:
    """The scene with the caller in the first part, as what one person was given is theirs alone."""
    callers: Mapping[str, Callable[[], Person]] = {
        "read_only": lambda: bob,
        "methodist": lambda: methodist,
        "administrator": lambda: admin,
        "enrolling": enrolling,
    }
    return lambda caller: replace(scene, alice=callers.get(caller, lambda: scene.alice)())


@pytest.fixture
def credentials(
    scene: Scene,
    bob: Person,
    methodist: Person,
    admin: Person,
    clock: Clock,
    enrolling: Callable[[], Person],
) -> Credentials:
    def expired() -> str:
        # what else the request needs is of now
        clock.advance(seconds=-(900 + 30))
        token = admin.sign_in().token
        clock.advance(seconds=900 + 30)
        return token

    def ended() -> str:
        (session,) = methodist.sessions
        session.delete()
        return methodist.token

    makers: Mapping[str, Callable[[], str | None]] = {
        "nobody": lambda: None,
        "read_only": lambda: bob.token,
        "methodist": lambda: methodist.token,
        "administrator": lambda: admin.token,
        "enrolling": lambda: enrolling().token,
        "service": lambda: scene.web_backend,
        "expired": expired,
        "ended": ended,
        "refresh token": lambda: admin.refresh_token,
        "reset token": lambda: one_time_tokens.new(Kind.RESET, admin.id, 60).text,
    }
    return lambda caller: makers[caller]()
