"""POST, PUT, DELETE /api/v1/private/users/totp: one's own authenticator app."""

import xml.etree.ElementTree as ET
from collections.abc import Callable

import pytest

from accounts.storage.factors import RecoveryCodes, Totp
from accounts.storage.tables import Role, User
from tests.support import people
from tests.support.apps import App
from tests.support.aws_calls import AwsCalls
from tests.support.clocks import Clock
from tests.support.deployment import Deployment
from tests.support.desk import BeforeWrite, events, refresh, who_am_i
from tests.support.endpoint import Endpoint
from tests.support.people import Person
from tests.support.post_office import PostOffice
from tests.support.register import (
    BEGIN_TOTP,
    CONFIRM_IDENTITY,
    DISABLE_TOTP,
    ENABLE_TOTP,
    EXPORT_OWN_DATA,
    LOG_IN,
    LOG_OUT,
    PROVE_SECOND_FACTOR,
)
from tests.support.scene import Scene

AN_OLD_PROOF_SECONDS = 600


def _kept(person: Person) -> Totp:
    return Totp.get(f"{Totp.PREFIX}{person.id}")


def _is_kept(person: Person) -> bool:
    return Totp.find(f"{Totp.PREFIX}{person.id}") is not None


def _has_recovery_codes(person: Person) -> bool:
    return RecoveryCodes.find(f"{RecoveryCodes.PREFIX}{person.id}") is not None


def _on_record(person: Person) -> list[str]:
    return [event.what for event in events(person.id)]


def _begun(scene: Scene) -> App:
    return App(BEGIN_TOTP.call(scene).json["secret"])


def test_secret_comes_as_text_as_address_and_as_a_picture(scene: Scene, alice: Person) -> None:
    answer = BEGIN_TOTP.call(scene)

    assert answer.status == 201
    assert set(answer.json) == {"secret", "uri", "qr_svg"}
    assert len(answer.json["secret"]) == 32
    assert answer.json["uri"] == (
        f"otpauth://totp/Users:{alice.email}?secret={answer.json['secret']}&issuer=Users"
    )
    picture = ET.fromstring(answer.json["qr_svg"])  # noqa: S314 - our own
    # by its namespace a browser knows it where it stands by itself
    assert picture.tag == "{http://www.w3.org/2000/svg}svg"
    assert picture.attrib["viewBox"]


def test_log_ins_ask_for_it_from_the_first_right_code_on(scene: Scene, alice: Person) -> None:
    app = _begun(scene)
    assert LOG_IN.call(scene).status == 200

    answer = ENABLE_TOTP.call(scene, json={"code": app.code()})

    assert answer.status == 200
    assert len(answer.json["recovery_codes"]) == 10
    assert LOG_IN.call(scene).status == 202
    assert alice.account.has_totp is True


def test_code_may_be_typed_in_groups(scene: Scene) -> None:
    code = _begun(scene).code()

    assert ENABLE_TOTP.call(scene, json={"code": f"{code[:3]} {code[3:]}"}).status == 200


def test_code_that_enabled_it_is_used_up(scene: Scene) -> None:
    app = _begun(scene)
    ENABLE_TOTP.call(scene, json={"code": app.code()})

    assert CONFIRM_IDENTITY.call(scene, json={"code": app.code()}).status == 422
    assert CONFIRM_IDENTITY.call(scene, json={"code": app.code(+1)}).status == 200


@pytest.mark.parametrize("steps", [-2, 2])
def test_code_of_another_time_enables_nothing(
    scene: Scene, stack: Deployment, steps: int, clock: Clock
) -> None:
    app = _begun(scene)

    with stack.unchanged():
        answer = ENABLE_TOTP.call(scene, json={"code": app.code(steps)})

    assert (answer.status, answer.code) == (422, "validation_failed")
    assert answer.json["details"] == [
        {"field": "code", "message": "This is not a code of the new secret"}
    ]


def test_without_having_begun_no_code_enables_anything(scene: Scene, stack: Deployment) -> None:
    with stack.unchanged():
        assert ENABLE_TOTP.call(scene, json={"code": "000000"}).status == 422


@pytest.mark.parametrize(
    "code",
    [
        *("", "12345", "1234567", "12345a", "-12345", "123456\n", 123456, None),
        # full-width, and Arabic-Indic
        "\uff11\uff12\uff13\uff14\uff15\uff16",
        "\u0661\u0662\u0663\u0664\u0665\u0666",
    ],
)
def test_what_cannot_be_a_code_is_refused(
    scene: Scene, stack: Deployment, code: object, aws_calls: AwsCalls
) -> None:
    _begun(scene)
    aws_calls.forget()

    with stack.unchanged():
        answer = ENABLE_TOTP.call(scene, json={"code": code})

    assert answer.status == 422
    assert [detail["field"] for detail in answer.json["details"]] == ["code"]
    assert "Decrypt" not in aws_calls.operations


def test_beginning_again_replaces_the_secret_that_waits(scene: Scene) -> None:
    first, second = _begun(scene), _begun(scene)

    assert ENABLE_TOTP.call(scene, json={"code": first.code()}).status == 422
    assert ENABLE_TOTP.call(scene, json={"code": second.code()}).status == 200


def test_beginning_again_leaves_the_app_in_use_until_a_code_of_the_new_one(
    scene: Scene, alice: Person
) -> None:
    old = scene.app()
    new = _begun(scene)

    assert CONFIRM_IDENTITY.call(scene, json={"code": new.code()}).status == 422
    assert CONFIRM_IDENTITY.call(scene, json={"code": old.code(+1)}).status == 200
    answer = ENABLE_TOTP.call(scene, json={"code": new.code()})

    assert (answer.status, answer.json) == (200, {})
    assert CONFIRM_IDENTITY.call(scene, json={"code": new.code(+1)}).status == 200
    assert CONFIRM_IDENTITY.call(scene, json={"code": old.code(+1)}).status == 422


def test_recovery_codes_stay_when_the_app_is_another(scene: Scene) -> None:
    codes = scene.app().recovery_codes
    ENABLE_TOTP.call(scene, json={"code": _begun(scene).code()})

    assert CONFIRM_IDENTITY.call(scene, json={"code": codes[0]}).status == 200


def test_first_factor_ends_every_other_session(scene: Scene, alice: Person) -> None:
    laptop = alice.sign_in()

    scene.app()

    assert who_am_i(laptop).code == "session_ended"
    assert refresh(laptop).code == "session_ended"
    assert who_am_i(alice).status == 200
    assert [session.session_id for session in alice.sessions] == [alice.session_id]
    assert alice.account.session_ids == [alice.session_id]


def test_another_app_ends_no_session(scene: Scene, alice: Person) -> None:
    app = scene.app()
    body = {"challenge": scene.challenge(), "code": app.code(+1)}
    laptop = PROVE_SECOND_FACTOR.call(scene, json=body).json["access_token"]

    ENABLE_TOTP.call(scene, json={"code": _begun(scene).code()})

    assert who_am_i(alice, laptop).status == 200


def test_session_that_enabled_it_has_shown_two_factors(scene: Scene, alice: Person) -> None:
    scene.app()

    assert who_am_i(alice).json["amr"] == ["pwd", "otp", "mfa"]
    assert people.claims(refresh(alice).json["access_token"])["amr"] == ["pwd", "otp", "mfa"]


def test_disabled_it_is_not_asked_for(scene: Scene, alice: Person) -> None:
    scene.app()

    assert DISABLE_TOTP.call(scene).status == 204

    assert LOG_IN.call(scene).status == 200
    assert "has_totp" not in alice.account.attribute_values
    assert not _is_kept(alice)
    assert not _has_recovery_codes(alice)


def test_disabling_what_was_only_begun_leaves_nothing(
    scene: Scene, alice: Person, post: PostOffice
) -> None:
    _begun(scene)

    assert DISABLE_TOTP.call(scene).status == 204

    assert "has_totp" not in alice.account.attribute_values
    assert not _is_kept(alice)
    assert post.deliver() == []
    assert "totp_disabled" not in _on_record(alice)


def test_disabling_nothing_is_done_already(scene: Scene, stack: Deployment) -> None:
    with stack.unchanged():
        assert DISABLE_TOTP.call(scene).status == 204


def test_passkeys_keep_the_recovery_codes_when_the_app_goes(scene: Scene, alice: Person) -> None:
    scene.app()
    alice.account.update([User.passkey_ids.set(["a"])])

    assert DISABLE_TOTP.call(scene).status == 204

    assert _has_recovery_codes(alice)


def test_last_factor_stays_while_the_role_demands_one(
    scene: Scene, alice: Person, stack: Deployment
) -> None:
    scene.app()
    Role.get("read_only").update([Role.second_factor.set(True)])

    with stack.unchanged():
        answer = DISABLE_TOTP.call(scene)

    assert (answer.status, answer.code) == (409, "second_factor_demanded")


ENDPOINTS = (BEGIN_TOTP, ENABLE_TOTP, DISABLE_TOTP)


@pytest.mark.parametrize("endpoint", ENDPOINTS, ids=lambda endpoint: endpoint.key)
def test_it_takes_a_recent_proof(scene: Scene, clock: Clock, endpoint: Endpoint) -> None:
    request = endpoint.request(scene)
    clock.advance(seconds=AN_OLD_PROOF_SECONDS)

    answer = scene.api.call(**request)

    assert (answer.status, answer.code) == (403, "reauthentication_required")


def test_password_alone_is_no_proof_that_takes_the_app_away(
    scene: Scene, alice: Person, clock: Clock
) -> None:
    app = scene.app()
    clock.advance(seconds=AN_OLD_PROOF_SECONDS)

    confirmed = CONFIRM_IDENTITY.call(scene, json={"passw": alice.passw})

    assert (confirmed.status, confirmed.code) == (403, "second_factor_required")
    assert DISABLE_TOTP.call(scene).code == "reauthentication_required"
    assert CONFIRM_IDENTITY.call(scene, json={"code": app.code()}).status == 200
    assert DISABLE_TOTP.call(scene).status == 204


# what is there before, what is done, and the subject of the mail, by the event
Act = tuple[Callable[[Scene], object], Callable[[Scene], object], str]
ACTS: dict[str, Act] = {
    "totp_enabled": (
        lambda _: None,
        lambda scene: scene.app(),
        "Your authenticator app for Users was added",
    ),
    "totp_disabled": (
        lambda scene: scene.app(),
        DISABLE_TOTP.call,
        "Your authenticator app for Users was removed",
    ),
}


@pytest.mark.parametrize(("what", "row"), ACTS.items(), ids=ACTS)
def test_owner_is_told_and_it_is_on_record(
    scene: Scene, alice: Person, post: PostOffice, what: str, row: Act
) -> None:
    before, act, subject = row
    before(scene)
    post.deliver()
    post.mails.clear()

    act(scene)

    assert _on_record(alice).count(what) == 1
    (mail,) = post.deliver()
    assert (mail.to, mail.subject) == ([alice.email], subject)


def test_secret_is_kept_sealed_and_shown_nowhere_again(
    scene: Scene, alice: Person, stack: Deployment
) -> None:
    app = scene.app()

    text = repr(stack.stored())

    assert app.secret not in text
    assert _kept(alice).pending_secret is None
    assert len(_kept(alice).sealed_secret) > 60
    told = [who_am_i(alice).json, EXPORT_OWN_DATA.call(scene).json]
    assert app.secret not in repr(told)


def test_secret_moved_to_another_account_opens_nothing_there(
    scene: Scene, alice: Person, bob: Person
) -> None:
    app = scene.app()
    moved = _kept(alice)
    moved.factor, moved.user_id = f"{Totp.PREFIX}{bob.id}", bob.id
    moved.save()
    bob.account.update([User.has_totp.set(True)])

    answer = CONFIRM_IDENTITY.call(scene, token=bob.token, json={"code": app.code(+1)})

    assert answer.status == 503


@pytest.mark.parametrize("endpoint", [BEGIN_TOTP, ENABLE_TOTP], ids=lambda endpoint: endpoint.key)
def test_session_that_ends_meanwhile_has_no_effect(
    scene: Scene, alice: Person, before_write: BeforeWrite, endpoint: Endpoint
) -> None:
    request = endpoint.request(scene)
    before_write(lambda: LOG_OUT.call(scene))

    assert scene.api.call(**request).code == "session_ended"

    assert not alice.account.has_totp
    assert not (_is_kept(alice) and _kept(alice).sealed_secret)
    assert not _has_recovery_codes(alice)


def test_disabling_by_a_session_that_ends_meanwhile_has_no_effect(
    scene: Scene, alice: Person, before_write: BeforeWrite
) -> None:
    scene.app()
    before_write(lambda: LOG_OUT.call(scene))

    assert DISABLE_TOTP.call(scene).code == "session_ended"

    assert alice.account.has_totp is True


def test_log_in_that_is_on_its_way_gets_no_session_without_the_factor(
    scene: Scene, alice: Person, before_write: BeforeWrite
) -> None:
    code = scene.new_app()
    before_write(lambda: ENABLE_TOTP.call(scene, json=code))

    answer = LOG_IN.call(scene)

    assert answer.status == 202
    assert [session.session_id for session in alice.sessions] == [alice.session_id]
