"""How things stand before a request is made."""

from accounts.credentials import log_in_codes, throttle
from accounts.mail.messages import Kind, Message
from accounts.storage.tables import LoginAttempt, User, UserSession
from accounts.storage.transactions import write
from tests.support import email_tokens
from tests.support.manage_lines import bcrypt_hash
from tests.support.occasions import occasion
from tests.support.races.scenario import Scene
from tests.support.races.service import PASSWORD

NEW_EMAIL = "nina@example.com"
BACK_END_EMAIL = "jobs@example.com"
ROLE = "gardener"
ACTIVITY_SECONDS = 300
RECENT_PROOF_SECONDS = 600
BEYOND_GRACE_SECONDS = 11
FREE_FAILURES = 5
BLOCKING_FAILURES = 10
MOST_DEVICES = 20


def have_a_reset_token(scene: Scene) -> None:
    """A reset token is out."""
    scene.reset_token = scene.service.issue_reset_token(scene.alice.email).json["reset_token"]


def spend_a_reset_token(scene: Scene) -> None:
    """A reset token was used."""
    have_a_reset_token(scene)
    assert scene.service.reset_password(scene.reset_token).status == 200


def rotate(scene: Scene) -> None:
    """The refresh token was just used."""
    assert scene.service.refresh(scene.refresh_token).status == 200


def rotate_long_ago(scene: Scene) -> None:
    """The refresh token was used, longer ago than the grace."""
    rotate(scene)
    scene.clock.advance(seconds=BEYOND_GRACE_SECONDS)


def be_idle(scene: Scene) -> None:
    """So much time has passed that the next request is noted as activity."""
    scene.clock.advance(seconds=ACTIVITY_SECONDS)


def let_the_proof_grow_old(scene: Scene) -> None:
    """Everybody's log-in is longer ago than it counts as a recent proof."""
    scene.clock.advance(seconds=RECENT_PROOF_SECONDS)


def fail_and_be_blocked(scene: Scene) -> None:
    """Somebody has just typed too many wrong passwords."""
    for failures in range(1, BLOCKING_FAILURES + 1):
        scene.clock.advance(seconds=_blocked_seconds(failures - 1))
        assert scene.service.log_in(scene.alice.email, "wrong").status == 401


def fail_and_wait(scene: Scene) -> None:
    """Somebody has typed too many wrong passwords, and sat it out."""
    fail_and_be_blocked(scene)
    scene.clock.advance(seconds=_blocked_seconds(BLOCKING_FAILURES))


def know_this_device(scene: Scene) -> None:
    """Alice has logged in from here before."""
    scene.device_token = scene.service.log_in(scene.alice.email).json["device_token"]


def know_this_device_and_be_attacked(scene: Scene) -> None:
    """Alice has logged in from here before, and somebody guesses at her password."""
    know_this_device(scene)
    fail_and_be_blocked(scene)


def have_a_code(scene: Scene) -> None:
    """Alice was mailed a log-in code."""
    challenge, code = email_tokens.log_in_code(scene.alice.account)
    scene.code = {"challenge": challenge, "code": code}


def have_a_code_after_strangers_switched_the_password_off(scene: Scene) -> None:
    """Alice was mailed a log-in code, since her password opens nothing from here."""
    have_a_code(scene)
    assert scene.service.log_in(scene.alice.email, "wrong").status == 401
    pool = throttle.account(scene.alice.email)
    pool.update([LoginAttempt.in_a_row.set(throttle.MOST_IN_A_ROW)])


def use_a_code(scene: Scene) -> None:
    """A log-in code was used."""
    have_a_code(scene)
    assert scene.service.log_in_with_code(scene.code).status == 200


def want_a_code(scene: Scene) -> None:
    """A mail with a log-in code was ordered, and the order is on the queue."""
    challenge = log_in_codes.new_challenge()
    write(challenge.kept)
    order = Message(
        kind="log_in_code",
        email=scene.alice.email,
        ordered_at=scene.clock(),
        request_id="asked",
        challenge=challenge.key,
    )
    scene.order = order.to_json()


def fill_the_devices(scene: Scene) -> None:
    """Alice is signed in on as many devices as may be, the two of the scene being the newest."""
    for _ in range(MOST_DEVICES - 2):
        scene.alice.sign_in()
    scene.clock.advance(seconds=1)
    scene.laptop, scene.alice = scene.alice.sign_in(), scene.alice.sign_in()


def have_a_hash_from_elsewhere(scene: Scene) -> None:
    """Alice's password came with an import, and has not been used since."""
    imported = User.password_hash.set(bcrypt_hash(PASSWORD))
    scene.alice.account.update([imported])


def end_this_one(scene: Scene) -> None:
    """This device is signed out."""
    assert scene.service.log_out(scene.alice.token).status == 200


def add_a_role(scene: Scene) -> None:
    """There is a role that nobody holds."""
    assert scene.service.save_role(ROLE, "content:read").status == 200


def give_a_role(scene: Scene) -> None:
    """There is a role that somebody holds."""
    add_a_role(scene)
    assert scene.service.sign_up("holder@example.com", role=ROLE).status == 201


def know_the_back_end(scene: Scene) -> None:
    """The back-end has had a token before."""
    assert scene.service.issue_service_token(BACK_END_EMAIL).status == 201


def invite(scene: Scene) -> None:
    """Somebody was invited, and the mail is on the queue."""
    assert scene.service.invite(NEW_EMAIL).status == 201
    order = Message(
        kind="invitation", email=NEW_EMAIL, ordered_at=scene.clock(), request_id="invited"
    )
    scene.order = order.to_json()


def forget_the_password(scene: Scene) -> None:
    """A mail with a reset token was ordered, and the order is on the queue."""
    order = Message(
        kind="reset", email=scene.alice.email, ordered_at=scene.clock(), request_id="forgot"
    )
    scene.order = order.to_json()


def have_a_new_password(scene: Scene) -> None:
    """The password was changed, and the mail that tells of it is on the queue."""
    assert scene.service.change_password(scene.alice.token, PASSWORD).status == 200
    scene.order = _notice(scene, "password_changed", "password_changed")


def be_deleted(scene: Scene) -> None:
    """Alice's account was deleted, and the mail that tells of it is on the queue."""
    assert scene.service.delete_user(scene.alice.id).status == 200
    scene.order = _notice(scene, "account_deleted", "user_deleted")


def leave(scene: Scene) -> None:
    """Alice has deleted her account, and the mail that tells of it is on the queue."""
    assert scene.service.delete_own_account(scene.alice.token).status == 204
    order_the_notice_of_having_left(scene)


def order_the_notice_of_having_left(scene: Scene) -> None:
    """The mail that tells alice of the end of her account is on the queue."""
    scene.order = _notice(scene, "account_deleted", "user_deleted")


def have_an_unconfirmed_address(scene: Scene) -> None:
    """Nobody has shown yet that mail reaches alice, and she has what shows it."""
    scene.alice.account.update([User.email_unconfirmed.set(True)])
    for session in scene.alice.sessions:
        session.update([UserSession.email_unconfirmed.set(True)])
    scene.email_token = email_tokens.present(scene.alice.account)


def wait_for_an_account(scene: Scene) -> None:
    """Somebody has signed up, and has the link."""
    assert scene.service.sign_up_oneself(NEW_EMAIL).status == 202
    scene.email_token = email_tokens.sign_up(NEW_EMAIL)


def lose_the_address_meanwhile(scene: Scene) -> None:
    """Somebody else was signed up there by a back-end."""
    wait_for_an_account(scene)
    assert scene.service.sign_up(NEW_EMAIL).status == 201


def order_the_mail_of_a_sign_up(scene: Scene) -> None:
    """Somebody has signed up, and the order is on the queue."""
    assert scene.service.sign_up_oneself(NEW_EMAIL).status == 202
    scene.order = _sign_up(scene, NEW_EMAIL)


def order_the_mail_of_a_sign_up_at_an_address_that_is_taken(scene: Scene) -> None:
    """Somebody has signed up with alice's address, and the order is on the queue."""
    assert scene.service.sign_up_oneself(scene.alice.email).status == 202
    scene.order = _sign_up(scene, scene.alice.email)


def begin_a_change_of_address(scene: Scene) -> None:
    """Alice is to have another address, and both have their letters."""
    assert scene.service.update_user(scene.alice.id, email=NEW_EMAIL).status == 200
    scene.email_token = email_tokens.confirmation(scene.alice.account, NEW_EMAIL)
    scene.undo_token = email_tokens.undo(scene.alice.account)


def change_the_address(scene: Scene) -> None:
    """Alice has another address."""
    begin_a_change_of_address(scene)
    assert scene.service.confirm_email(scene.email_token).status == 200


def change_the_address_back_and_forth(scene: Scene) -> None:
    """Alice has moved twice since: to a third address and back to the new one."""
    change_the_address(scene)
    for email in ("third@example.com", NEW_EMAIL):
        assert scene.service.update_user(scene.alice.id, email=email).status == 200
        token = email_tokens.confirmation(scene.alice.account, email)
        assert scene.service.confirm_email(token).status == 200


def lose_the_new_address(scene: Scene) -> None:
    """Somebody signed up at the address that alice is to have."""
    begin_a_change_of_address(scene)
    assert scene.service.sign_up(NEW_EMAIL).status == 201


def undo_the_change(scene: Scene) -> None:
    """Alice has her old address back."""
    change_the_address(scene)
    assert scene.service.undo_email_change(scene.undo_token).status == 200


def be_about_to_move(scene: Scene) -> None:
    """Something is on record that a mail with a link to undo it tells of."""
    assert scene.service.update_user(scene.alice.id, name=scene.alice.name).status == 200
    scene.order = _notice(scene, "email_changing", "user_updated")


def ask_for_another_address(scene: Scene) -> None:
    """Alice has asked for another address, and the letter to it is on the queue."""
    _ask_for(scene, NEW_EMAIL)


def ask_for_the_administrators_address(scene: Scene) -> None:
    """Alice has asked for the administrator's address, and the letter to it is on the queue."""
    _ask_for(scene, scene.administrator.email)


def _sign_up(scene: Scene, email: str) -> str:
    message = Message(
        kind="sign_up",
        email=email,
        ordered_at=scene.clock(),
        request_id="signed up",
        language="en",
    )
    return message.to_json()


def _ask_for(scene: Scene, email: str) -> None:
    assert scene.service.change_own_email(scene.alice.token, email).status == 202
    scene.order = _notice(scene, "confirm_email", "user_updated", email)


def _notice(scene: Scene, kind: Kind, what: str, email: str | None = None) -> str:
    message = Message(
        kind=kind,
        email=email or scene.alice.email,
        ordered_at=scene.clock(),
        request_id="noticed",
        occasion=occasion(scene.alice.id, scene.alice.name, what),
    )
    return message.to_json()


def _blocked_seconds(failures: int) -> int:
    return 2 ** (failures - FREE_FAILURES) if failures > FREE_FAILURES else 0
