"""Passwords that are refused, wherever they are set."""

from collections.abc import Callable

import pytest

from accounts.credentials import policy
from tests.support.deployment import Deployment
from tests.support.register import CHANGE_PASSWORD, LOG_IN, RESET_PASSWORD, SIGN_UP, UPDATE_USER
from tests.support.scene import Scene

# no part of the e-mail
NAME = "Bartholomew Cubbins"
SHORT = "Must be at least 8 characters"
LONG = "Must be at most 256 characters"
REFUSED = {
    "empty": ("", SHORT),
    "short": ("short12", SHORT),
    "short but for its accents": ("a\u0301e\u0301i\u0301o\u0301u\u0301", SHORT),
    "long": ("ab" * 129, LONG),
    "repeated": ("a" * 20, policy.REPEATED),
    "own e-mail": ("ALICE@example.com", policy.PERSONAL),
    "own name": ("bartholomew-1990!", policy.PERSONAL),
    "service": ("Users2026!", policy.SERVICE),
    "common": ("PassWord1", policy.COMMON),
    "breached": ("correct battery horse", policy.BREACHED),
}


@pytest.fixture
def breaches(setting: Callable[..., None], monkeypatch: pytest.MonkeyPatch) -> None:
    """A password is known from a breach."""
    setting(BREACHED_PASSWORDS_URL="https://breaches.example/range")
    known = REFUSED["breached"][0]
    monkeypatch.setattr(
        "accounts.credentials.breached.contains", lambda password: password == known
    )


@pytest.mark.usefixtures("breaches")
@pytest.mark.parametrize(("passw", "reason"), REFUSED.values(), ids=REFUSED)
def test_password_is_refused_in_the_same_words_wherever_it_is_set(
    scene: Scene, stack: Deployment, passw: str, reason: str
) -> None:
    alice = scene.alice
    assert UPDATE_USER.call(scene, json={"name": NAME}).status == 200
    bodies = {
        SIGN_UP: {"email": alice.email, "name": NAME},
        CHANGE_PASSWORD: {"current_passw": alice.passw},
        RESET_PASSWORD: {"reset_token": scene.reset_token()},
    }

    with stack.unchanged():
        answers = [
            endpoint.call(scene, json={**body, "passw": passw}) for endpoint, body in bodies.items()
        ]

    for answer in answers:
        assert answer.status == 422
        assert answer.json["details"] == [{"field": "passw", "message": reason}]
    assert LOG_IN.call(scene).status == 200
