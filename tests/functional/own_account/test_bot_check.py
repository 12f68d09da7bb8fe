"""POST /api/v1/public/users/sign_up where a provider says who is no bot."""

import json
from collections.abc import Callable, Iterator

import pytest

from accounts.credentials import siteverify
from tests.support.answers import Answer
from tests.support.deployment import Deployment
from tests.support.post_office import PostOffice
from tests.support.register import SELF_SIGN_UP
from tests.support.scene import Scene
from tests.support.stand_ins import Reply, StandIn, body, listening

TOKEN = "0.canary-of-the-bot-check"
Setting = Callable[..., None]


def _says(*, success: bool) -> Reply:
    return body(json.dumps({"success": success}).encode())


def _sign_up(scene: Scene, **other: object) -> Answer:
    request = SELF_SIGN_UP.request(scene)
    return scene.api.call(**{**request, "json": {**request["json"], **other}})


@pytest.fixture
def provider(
    stack: Deployment, setting: Setting, monkeypatch: pytest.MonkeyPatch
) -> Iterator[StandIn]:
    """A provider that takes every token; SSM has tests of its own."""
    monkeypatch.setattr(siteverify, "_current_secret", lambda: "canary of SSM")
    with listening(_says(success=True)) as stand_in:
        setting(BOT_CHECK_URL=f"{stand_in.url}/siteverify", BOT_CHECK_SECRET="/users/bot-check")
        yield stand_in


def test_who_passed_the_check_gets_the_mail(
    scene: Scene, post: PostOffice, provider: StandIn
) -> None:
    assert _sign_up(scene, bot_token=TOKEN).status == 202

    assert post.deliver_one().to == ["new@example.com"]
    assert len(provider.requests) == 1


def test_who_did_not_pass_it_has_nothing_mailed(
    scene: Scene, post: PostOffice, provider: StandIn, stack: Deployment
) -> None:
    provider.answer = _says(success=False)

    with stack.unchanged():
        answer = _sign_up(scene, bot_token=TOKEN)

    assert (answer.status, answer.code) == (403, "bot_check_failed")
    assert answer.json == {"error": "Forbidden", "message": "The bot check was not passed"}
    assert post.waiting() == []


def test_who_was_not_checked_is_told_what_is_missing(
    scene: Scene, provider: StandIn, stack: Deployment
) -> None:
    with stack.unchanged():
        answer = _sign_up(scene)

    assert (answer.status, answer.json["message"]) == (422, "Required parameters missing")
    assert answer.json["details"] == [{"field": "bot_token", "message": "This field is required"}]
    assert provider.requests == []


def test_without_the_provider_nobody_signs_up(
    scene: Scene, post: PostOffice, provider: StandIn, stack: Deployment
) -> None:
    provider.answer = body(b"", 500)

    with stack.unchanged():
        answer = _sign_up(scene, bot_token=TOKEN)

    assert (answer.status, answer.code, answer.headers["retry-after"]) == (503, "unavailable", "1")
    assert post.waiting() == []


def test_a_refused_password_spends_no_token(scene: Scene, provider: StandIn) -> None:
    assert _sign_up(scene, passw="PassWord1", bot_token=TOKEN).status == 422

    assert provider.requests == []


def test_where_sign_up_is_closed_nobody_is_asked(
    scene: Scene, provider: StandIn, setting: Setting
) -> None:
    setting(SELF_SIGN_UP="false")

    assert _sign_up(scene, bot_token=TOKEN).code == "sign_up_closed"
    assert provider.requests == []


def test_where_nobody_is_asked_a_token_does_no_harm(scene: Scene) -> None:
    assert _sign_up(scene, bot_token=TOKEN).status == 202
    assert _sign_up(scene).status == 202


@pytest.mark.parametrize("token", ["", "x" * 8193, 5, True, [TOKEN], {"$ne": TOKEN}, "\ud800"])
def test_what_can_be_no_token_is_refused(scene: Scene, provider: StandIn, token: object) -> None:
    assert _sign_up(scene, bot_token=token).status in (400, 422)
    assert provider.requests == []


@pytest.mark.parametrize("token", [" ", "x" * 8192, "a&b=c%00\r\n", "é😀", "' OR 1=1 --"])
def test_of_any_other_the_provider_judges(scene: Scene, provider: StandIn, token: str) -> None:
    provider.answer = _says(success=False)

    assert _sign_up(scene, bot_token=token).code == "bot_check_failed"
    assert len(provider.requests) == 1
