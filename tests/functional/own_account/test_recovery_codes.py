"""POST /api/v1/private/users/recovery_codes: a new set of them."""

import pytest

from accounts.storage.factors import RecoveryCodes
from accounts.storage.tables import User
from tests.support.clocks import Clock
from tests.support.deployment import Deployment
from tests.support.desk import BeforeWrite, events
from tests.support.people import Person
from tests.support.post_office import PostOffice
from tests.support.register import CONFIRM_IDENTITY, DISABLE_TOTP, LOG_OUT, RENEW_RECOVERY_CODES
from tests.support.scene import Scene


def _works(scene: Scene, code: str) -> bool:
    return CONFIRM_IDENTITY.call(scene, json={"code": code}).status == 200


def _kept(person: Person) -> set[str] | None:
    record = RecoveryCodes.find(f"{RecoveryCodes.PREFIX}{person.id}")
    return record.code_macs if record else None


def test_new_set_works_and_the_old_one_does_not(scene: Scene) -> None:
    old = scene.app().recovery_codes

    answer = scene.api.call(*RENEW_RECOVERY_CODES.at(), token=scene.alice.token)

    new = answer.json["recovery_codes"]
    assert answer.status == 200
    assert set(answer.json) == {"recovery_codes"}
    assert len({*new} - {*old}) == 10
    assert [_works(scene, code) for code in (*old[:2], *new[:2])] == [False, False, True, True]


def test_account_without_a_second_factor_has_none(scene: Scene, stack: Deployment) -> None:
    with stack.unchanged():
        answer = scene.api.call(*RENEW_RECOVERY_CODES.at(), token=scene.alice.token)

    assert (answer.status, answer.code) == (409, "no_second_factor")


def test_it_takes_a_recent_proof(scene: Scene, alice: Person, clock: Clock) -> None:
    scene.app()
    before = _kept(alice)
    clock.advance(seconds=600)

    answer = scene.api.call(*RENEW_RECOVERY_CODES.at(), token=scene.alice.token)

    assert (answer.status, answer.code) == (403, "reauthentication_required")
    assert _kept(alice) == before


def test_owner_is_told_and_it_is_on_record(scene: Scene, alice: Person, post: PostOffice) -> None:
    scene.app()
    post.deliver()
    post.mails.clear()

    scene.api.call(*RENEW_RECOVERY_CODES.at(), token=alice.token)

    assert [it.what for it in events(alice.id)].count("recovery_codes_renewed") == 1
    (mail,) = post.deliver()
    assert mail.subject == "You have new recovery codes for Users"


@pytest.mark.parametrize("language", ["en", "ru"])
def test_owner_is_told_when_one_is_used_and_how_many_are_left(
    scene: Scene, alice: Person, post: PostOffice, language: str
) -> None:
    codes = scene.app().recovery_codes
    post.deliver()
    post.mails.clear()
    alice.account.update([User.language.set(language)])

    assert _works(scene, codes[3])

    (event,) = [it for it in events(alice.id) if it.what == "recovery_code_used"]
    assert event.details == {"left": 9}
    (mail,) = post.deliver()
    left = {
        "en": "Recovery codes that are left: 9.",
        "ru": "Осталось резервных кодов: 9.",
    }
    assert left[language] in mail.text


def test_session_that_ends_meanwhile_has_no_effect(
    scene: Scene, alice: Person, before_write: BeforeWrite
) -> None:
    scene.app()
    before = _kept(alice)
    before_write(lambda: LOG_OUT.call(scene))

    answer = scene.api.call(*RENEW_RECOVERY_CODES.at(), token=alice.token)

    assert answer.code == "session_ended"
    assert _kept(alice) == before


def test_set_that_is_renewed_while_the_last_factor_goes_does_not_stay(
    scene: Scene, alice: Person, before_write: BeforeWrite
) -> None:
    scene.app()
    before_write(lambda: DISABLE_TOTP.call(scene))

    answer = scene.api.call(*RENEW_RECOVERY_CODES.at(), token=alice.token)

    assert (answer.status, answer.code) == (409, "no_second_factor")
    assert _kept(alice) is None
