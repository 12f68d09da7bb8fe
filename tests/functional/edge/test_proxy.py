"""Behind CloudFront: whose address counts, and who is let in that came around it."""

import hashlib
from collections.abc import Callable, Mapping

import pytest

from accounts import settings
from tests.support.answers import Answer
from tests.support.api import Api
from tests.support.endpoint import Endpoint
from tests.support.guesses import UNKNOWN, pretend
from tests.support.register import ANY_USERS, HEALTH, LIST_USERS, LOG_IN, SHOW_SEANCES
from tests.support.scene import Scene

SECRET, NEXT, WRONG = ("a" * 64, "b" * 64, "c" * 64)
EDGE = "192.0.2.1"
VIEWER = "198.51.100.7"
# failures that an address has
BUDGET = 100

Proxy = Callable[..., None]


def _digest(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()[:32]


@pytest.fixture
def proxy(monkeypatch: pytest.MonkeyPatch, api: Api) -> Proxy:
    """Configure the service for a proxy that has one of these secrets."""
    api.secrets |= {SECRET, NEXT, WRONG}

    def configure(*secrets: str, required: bool = False) -> None:
        monkeypatch.setenv("TRUSTED_PROXY", ",".join(map(_digest, secrets)))
        monkeypatch.setenv("REQUIRE_PROXY", "true" if required else "false")
        settings.current.cache_clear()

    return configure


def _through(secret: str | None, viewer: str | None = f"{VIEWER}:46532") -> Mapping[str, str]:
    """Return the headers that CloudFront adds, or somebody who would like to be it."""
    added = {"x-proxy-secret": secret, "cloudfront-viewer-address": viewer}
    return {name: value for name, value in added.items() if value is not None}


def _log_in(scene: Scene, headers: Mapping[str, str]) -> Answer:
    return LOG_IN.call(scene, json=scene.alice.credentials, headers=headers)


def _noted(scene: Scene, answer: Answer) -> str:
    """Return the address that the list of devices has for a log-in."""
    token = answer.json["access_token"]
    seances = SHOW_SEANCES.call(scene, token=token, headers=_through(SECRET)).json["seances"]
    (current,) = (seance for seance in seances if seance["is_current"])
    address: str = current["ip_address"]
    return address


@pytest.mark.parametrize(
    ("viewer", "address"),
    [
        ("198.51.100.7:46532", "198.51.100.7"),
        ("2001:0db8:85a3::8a2e:0370:7334:46532", "2001:db8:85a3::8a2e:370:7334"),
        ("[2001:db8::1]:443", "2001:db8::1"),
    ],
)
def test_proved_proxy_says_who_calls(scene: Scene, proxy: Proxy, viewer: str, address: str) -> None:
    proxy(SECRET)

    answer = _log_in(scene, _through(SECRET, viewer))

    assert _noted(scene, answer) == address


def test_budget_of_guesses_is_each_viewers_own(scene: Scene, proxy: Proxy) -> None:
    proxy(SECRET)
    guess = {"email": UNKNOWN, "passw": "a wrong password"}
    assert LOG_IN.call(scene, json=guess, headers=_through(SECRET)).status == 401
    pretend("address", BUDGET)

    guesser = _log_in(scene, _through(SECRET))
    neighbour = _log_in(scene, _through(SECRET, "203.0.113.9:46532"))

    assert (guesser.status, neighbour.status) == (429, 200)


@pytest.mark.parametrize("secret", [SECRET, NEXT])
def test_two_secrets_are_good_while_one_is_renewed(scene: Scene, proxy: Proxy, secret: str) -> None:
    proxy(SECRET, NEXT)

    answer = _log_in(scene, _through(secret))

    assert _noted(scene, answer) == VIEWER


@pytest.mark.parametrize("secret", [None, "", WRONG, f"{SECRET},{SECRET}", SECRET.upper()])
def test_nobody_else_is_believed(scene: Scene, proxy: Proxy, secret: str | None) -> None:
    proxy(SECRET)

    answer = _log_in(scene, _through(secret))

    assert _noted(scene, answer) == EDGE


def test_without_a_trusted_proxy_none_is_believed_and_nothing_is_computed(
    scene: Scene, proxy: Proxy, monkeypatch: pytest.MonkeyPatch
) -> None:
    proxy()
    # to be called would be a bug, and answered so
    monkeypatch.setattr("accounts.edge.proxy.digest", None)

    answer = _log_in(scene, _through(SECRET))

    assert _noted(scene, answer) == EDGE


@pytest.mark.parametrize("secret", [None, WRONG])
@pytest.mark.parametrize(
    "endpoint", [HEALTH, LOG_IN, ANY_USERS, LIST_USERS], ids=lambda endpoint: endpoint.path
)
def test_who_came_around_a_required_proxy_is_refused_before_all_else(
    api: Api, proxy: Proxy, secret: str | None, endpoint: Endpoint
) -> None:
    proxy(SECRET, required=True)

    answer = api.call(endpoint.method, endpoint.path, headers=_through(secret))

    assert (answer.status, answer.code) == (403, "proxy_required")


def test_who_came_around_a_required_proxy_does_not_learn_which_paths_there_are(
    api: Api, proxy: Proxy
) -> None:
    proxy(SECRET, required=True)

    answer = api.call("GET", "/nothing")

    assert (answer.status, answer.code) == (403, "proxy_required")


def test_who_came_through_a_required_proxy_is_let_in(scene: Scene, proxy: Proxy) -> None:
    proxy(SECRET, required=True)

    assert _log_in(scene, _through(SECRET)).status == 200


@pytest.mark.parametrize("viewer", [None, "", VIEWER, "nowhere:1", ":443", "198.51.100.7:1, x:2"])
def test_proxy_that_does_not_say_who_calls_shows_at_once(
    scene: Scene, proxy: Proxy, viewer: str | None
) -> None:
    # to go on with the edge's address would have strangers share a budget
    proxy(SECRET)

    answer = _log_in(scene, _through(SECRET, viewer))

    assert (answer.status, answer.code) == (400, "unknown_event")
