"""POST /api/v1/public/users/passkeys/options: what a browser has to know to sign somebody in."""

import re
from collections.abc import Callable

import pytest

from accounts.storage.tables import OneTimeToken
from tests.support.deployment import Deployment
from tests.support.register import PASSKEY_LOG_IN_OPTIONS
from tests.support.scene import Scene


def test_any_passkey_will_do(scene: Scene) -> None:
    options = PASSKEY_LOG_IN_OPTIONS.call(scene).json

    challenge = options.pop("challenge")
    assert re.fullmatch("[A-Za-z0-9_-]{43}", challenge)
    assert options == {
        "timeout": 300_000,
        "rpId": "example.com",
        "allowCredentials": [],
        "userVerification": "required",
    }


def test_each_challenge_is_another_and_kept_as_a_digest(scene: Scene) -> None:
    challenges = {PASSKEY_LOG_IN_OPTIONS.call(scene).json["challenge"] for _ in range(3)}

    kept = list(OneTimeToken.scan())

    assert len(challenges) == len(kept) == 3
    for token in kept:
        assert token.attribute_values.keys() == {"token", "expires_at"}
        assert not any(challenge in token.token for challenge in challenges)


def test_there_are_none_where_there_is_no_domain_for_them(
    scene: Scene, setting: Callable[..., None], stack: Deployment
) -> None:
    setting(PASSKEY_RP_ID="")

    with stack.unchanged():
        answer = PASSKEY_LOG_IN_OPTIONS.call(scene)

    assert (answer.status, answer.code) == (403, "passkeys_off")


def test_one_source_address_gets_a_thousand_in_five_minutes(
    scene: Scene, stack: Deployment, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("accounts.sign_in.passkey_options.PER_WINDOW", 3)
    assert {PASSKEY_LOG_IN_OPTIONS.call(scene).status for _ in range(3)} == {200}

    with stack.unchanged():
        refused = PASSKEY_LOG_IN_OPTIONS.call(scene)

    assert refused.status == 429
    assert int(refused.headers["retry-after"]) <= 300
    elsewhere = scene.api.seen_from("198.51.100.7")
    assert elsewhere.call(*PASSKEY_LOG_IN_OPTIONS.at()).status == 200
