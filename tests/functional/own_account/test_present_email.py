"""PUT /api/v1/public/users/email: the address of a new account, where that is asked for."""

from collections.abc import Callable

import pytest

from accounts.credentials import one_time_tokens
from accounts.credentials.one_time_tokens import Kind
from accounts.storage.tables import OneTimeToken, User
from accounts.storage.transactions import write
from tests.support import email_tokens
from tests.support.answers import Answer
from tests.support.clocks import Clock
from tests.support.deployment import Deployment
from tests.support.desk import BeforeWrite, Desk, events, refresh, who_am_i
from tests.support.people import Person, claims
from tests.support.post_office import PostOffice
from tests.support.register import CHANGE_PASSWORD, SIGN_UP
from tests.support.scene import Scene

EMAIL = "nina@example.com"
Setting = Callable[..., None]
Then = Callable[[Desk, Person], object]


@pytest.fixture
def _confirming(setting: Setting) -> None:
    """Have those whom back-ends sign up confirm their address."""
    setting(CONFIRM_EMAILS="true")


@pytest.fixture
def nina(alice: Person) -> Person:
    """Somebody signed in whose address is not confirmed."""
    alice.account.update([User.email_unconfirmed.set(True)])
    return alice.sign_in()


def _is_confirmed(desk: Desk, user_id: int) -> bool:
    return bool(desk.show(user_id).json["email_confirmed"])


def _assert_gone(answer: Answer) -> None:
    assert (answer.status, answer.code) == (410, "email_token_invalid")


def test_back_ends_word_is_enough_unless_more_is_asked(desk: Desk, post: PostOffice) -> None:
    user_id = desk.sign_up(EMAIL).json["id"]

    assert _is_confirmed(desk, user_id)
    assert post.deliver() == []


@pytest.mark.usefixtures("_confirming")
@pytest.mark.parametrize("language", ["en", "ru"])
def test_who_is_signed_up_confirms_by_a_mail(desk: Desk, post: PostOffice, language: str) -> None:
    user_id = desk.sign_up(EMAIL, language=language).json["id"]
    assert not _is_confirmed(desk, user_id)
    mail = post.deliver_one()
    assert mail.to == [EMAIL]
    assert ("Здравствуйте" in mail.text) == (language == "ru")

    answer = desk.confirm_email(mail.secret("email_token"))

    assert answer.json == {"success": True, "message": "Email confirmed"}
    assert _is_confirmed(desk, user_id)
    assert {event.what for event in events(user_id)} == {"user_created", "email_confirmed"}


@pytest.mark.usefixtures("_confirming")
def test_answer_to_a_sign_up_is_the_same(desk: Desk) -> None:
    answer = desk.sign_up(EMAIL)

    assert answer.status == 201
    assert list(answer.json) == ["id", "message", "created_at"]


@pytest.mark.usefixtures("_confirming")
def test_nobody_is_written_to_of_an_account_that_did_not_come_into_being(
    desk: Desk, alice: Person, post: PostOffice
) -> None:
    assert desk.sign_up(alice.email).status == 409

    assert post.deliver() == []


@pytest.mark.usefixtures("_confirming")
def test_back_ends_confirm_nothing(desk: Desk, post: PostOffice) -> None:
    user_id = desk.service_token().json["user_id"]

    assert "email_confirmed" not in desk.show(user_id).json
    assert post.deliver() == []


@pytest.mark.usefixtures("_confirming")
def test_password_set_by_the_link_of_an_invitation_confirms_the_address(
    scene: Scene, desk: Desk, post: PostOffice
) -> None:
    invited = SIGN_UP.call(scene, json={"email": EMAIL, "name": "Nina New", "invite": True})
    user_id = invited.json["id"]
    assert not _is_confirmed(desk, user_id)

    assert desk.set_password(post.deliver_one().token).status == 200

    assert _is_confirmed(desk, user_id)


def test_reset_token_that_was_not_mailed_confirms_nothing(desk: Desk, nina: Person) -> None:
    token = desk.reset_token(nina.email).json["reset_token"]

    assert desk.set_password(token).status == 200

    assert not _is_confirmed(desk, nina.id)


def test_tokens_and_who_am_i_tell(desk: Desk, nina: Person) -> None:
    assert claims(nina.token)["email_verified"] is False
    assert who_am_i(nina).json["email_confirmed"] is False

    assert desk.confirm_email(email_tokens.present(nina.account)).status == 200

    # at once, and in tokens from the next one on
    assert who_am_i(nina).json["email_confirmed"] is True
    assert claims(refresh(nina).json["access_token"])["email_verified"] is True
    assert claims(nina.sign_in().token)["email_verified"] is True


def test_nobody_is_signed_out_by_it(desk: Desk, nina: Person) -> None:
    laptop = nina.sign_in()

    desk.confirm_email(email_tokens.present(nina.account))

    assert [who_am_i(device).status for device in (nina, laptop)] == [200, 200]


def test_link_of_a_second_mail_is_as_good(desk: Desk, nina: Person) -> None:
    first, second = (email_tokens.present(nina.account) for _ in range(2))

    assert [desk.confirm_email(token).status for token in (first, second)] == [200, 200]
    _assert_gone(desk.confirm_email(first))


def test_token_works_for_a_day(desk: Desk, nina: Person, clock: Clock, stack: Deployment) -> None:
    token = email_tokens.present(nina.account)
    clock.advance(seconds=24 * 3600)

    with stack.unchanged():
        _assert_gone(desk.confirm_email(token))


def test_link_outlives_a_new_password(desk: Desk, nina: Person) -> None:
    token = email_tokens.present(nina.account)
    body = {"current_passw": nina.passw, "passw": "another_string"}
    assert desk.api.call(*CHANGE_PASSWORD.at(), token=nina.token, json=body).status == 200

    assert desk.confirm_email(token).status == 200
    assert _is_confirmed(desk, nina.id)


VOIDS: dict[str, Then] = {
    "another address": lambda desk, nina: desk.move(nina.id, "other@example.org"),
    "disabling": lambda desk, nina: desk.update(nina.id, status="disabled"),
    "deletion": lambda desk, nina: desk.delete(nina.id),
}


@pytest.mark.parametrize("then", VOIDS.values(), ids=VOIDS)
def test_token_does_not_survive(desk: Desk, nina: Person, stack: Deployment, then: Then) -> None:
    token = email_tokens.present(nina.account)
    then(desk, nina)

    with stack.unchanged():
        _assert_gone(desk.confirm_email(token))


@pytest.mark.parametrize("then", VOIDS.values(), ids=VOIDS)
def test_token_does_not_survive_what_comes_at_the_same_moment(
    desk: Desk, nina: Person, before_write: BeforeWrite, then: Then
) -> None:
    token = email_tokens.present(nina.account)
    before_write(lambda: then(desk, nina))

    _assert_gone(desk.confirm_email(token))


def test_log_in_at_the_same_moment_is_told_too(
    desk: Desk, nina: Person, before_write: BeforeWrite
) -> None:
    devices: list[Person] = []
    before_write(lambda: devices.append(nina.sign_in()))

    assert desk.confirm_email(email_tokens.present(nina.account)).status == 200

    assert [who_am_i(device).json["email_confirmed"] for device in (nina, *devices)] == [True] * 2


def test_address_that_was_changed_to_is_confirmed(desk: Desk, nina: Person) -> None:
    assert desk.move(nina.id, "other@example.org").status == 200

    assert _is_confirmed(desk, nina.id)


def test_token_of_a_change_does_not_confirm_the_present_address(
    desk: Desk, nina: Person, stack: Deployment
) -> None:
    epoch = nina.account.credentials_epoch
    token = one_time_tokens.new(Kind.EMAIL_CONFIRMATION, nina.id, 60, epoch=epoch, email=nina.email)
    write(token.kept)

    with stack.unchanged():
        _assert_gone(desk.confirm_email(token.text))


def test_token_of_the_present_address_confirms_no_change(desk: Desk, nina: Person) -> None:
    desk.update(nina.id, email="new@example.org")
    token = one_time_tokens.new(Kind.EMAIL_CONFIRMATION, nina.id, 60, email="new@example.org")
    write(token.kept)

    _assert_gone(desk.confirm_email(token.text))
    assert nina.account.email == nina.email
    assert OneTimeToken.find(token.kept.item.key()[0]) is not None
