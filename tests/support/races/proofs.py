"""What is true once a request has been answered as it should be."""

from dataclasses import replace
from urllib.parse import parse_qsl

from accounts.credentials import one_time_tokens, passwords
from accounts.credentials.one_time_tokens import Kind
from tests.support import email_tokens
from tests.support.answers import Answer
from tests.support.races import arrangements
from tests.support.races.arrangements import MOST_DEVICES, NEW_EMAIL, ROLE
from tests.support.races.scenario import Scene
from tests.support.races.service import NEW_PASSWORD, PASSWORD

KEY = "a key of a client's own"


def is_live(scene: Scene, token: str) -> bool:
    """Say whether an access token is good."""
    answer = scene.service.who_am_i(token)
    assert answer.status == 200 or answer.code == "session_ended"
    return answer.status == 200


def logs_in_with(scene: Scene, passw: str, *, not_with: str) -> None:
    """Assert which of two passwords is alice's."""
    assert scene.service.log_in(scene.alice.email, passw).status == 200
    assert scene.service.log_in(scene.alice.email, not_with).code == "invalid_credentials"


def both_work(scene: Scene, answer: Answer) -> None:
    assert is_live(scene, answer.json["access_token"])
    assert scene.service.refresh(answer.json["refresh_token"]).status == 200


def both_work_if_told(scene: Scene, answer: Answer) -> None:
    assert scene.service.log_in_with_code(scene.code).code == "challenge_invalid"
    # whoever has not heard of it asks for another code
    if answer.status == 200:
        both_work(scene, answer)


def the_password_lets_in_again(scene: Scene, answer: Answer) -> None:
    both_work_if_told(scene, answer)
    assert scene.service.log_in(scene.alice.email).status == 200


def the_device_is_still_known(scene: Scene, answer: Answer) -> None:
    both_work(scene, answer)
    again = scene.service.log_in(scene.alice.email, device_token=scene.device_token)
    assert again.json["device_token"] == scene.device_token


def this_one_is_over(scene: Scene, _: Answer) -> None:
    assert not is_live(scene, scene.alice.token)
    assert scene.service.refresh(scene.refresh_token).code == "session_ended"
    assert is_live(scene, scene.laptop.token)


def this_device_alone_is_proved(scene: Scene, _: Answer) -> None:
    proofs = {session.session_id: session.proved_at for session in scene.alice.sessions}
    assert proofs[scene.alice.session_id] == scene.clock.time
    assert proofs[scene.laptop.session_id] is None


def the_other_is_over(scene: Scene, _: Answer) -> None:
    assert is_live(scene, scene.alice.token)
    assert not is_live(scene, scene.laptop.token)
    assert scene.service.refresh(scene.laptop.refresh_token).code == "session_ended"


def the_token_works(scene: Scene, answer: Answer) -> None:
    assert scene.service.reset_password(answer.json["reset_token"]).status == 200


def the_new_password_alone_works(scene: Scene, _: Answer) -> None:
    assert not is_live(scene, scene.alice.token)
    assert not is_live(scene, scene.laptop.token)
    assert scene.service.reset_password(scene.reset_token).code == "reset_token_invalid"
    logs_in_with(scene, NEW_PASSWORD, not_with=PASSWORD)


def this_device_alone_stays(scene: Scene, _: Answer) -> None:
    assert is_live(scene, scene.alice.token)
    assert not is_live(scene, scene.laptop.token)
    logs_in_with(scene, NEW_PASSWORD, not_with=PASSWORD)


def the_new_person_logs_in(scene: Scene, _: Answer) -> None:
    assert scene.service.log_in(NEW_EMAIL).status == 200


def the_key_is_remembered(scene: Scene, answer: Answer) -> None:
    assert scene.service.sign_up(NEW_EMAIL, key=KEY).text == answer.text
    assert scene.service.log_in(NEW_EMAIL).json["user"]["id"] == answer.json["id"]


def is_signed_out(scene: Scene, _: Answer) -> None:
    for device in (scene.alice, scene.laptop):
        assert not is_live(scene, device.token)
        assert scene.service.refresh(device.refresh_token).code == "session_ended"


def is_called_alicia(scene: Scene, _: Answer) -> None:
    for device in (scene.alice, scene.laptop):
        assert scene.service.who_am_i(device.token).json["name"] == "Alicia"


def is_a_methodist(scene: Scene, answer: Answer) -> None:
    is_signed_out(scene, answer)
    assert scene.service.log_in(scene.alice.email).json["user"]["role"] == "methodist"


def is_kept_out(scene: Scene, answer: Answer) -> None:
    is_signed_out(scene, answer)
    assert scene.service.log_in(scene.alice.email).code == "invalid_credentials"


def waits_for_the_new_address(scene: Scene, answer: Answer) -> None:
    assert answer.json["pending_email"] == NEW_EMAIL
    assert scene.service.log_in(NEW_EMAIL).code == "invalid_credentials"
    assert is_live(scene, scene.alice.token)
    assert scene.service.log_in(scene.alice.email).status == 200


def may_have_the_new_address(scene: Scene, _: Answer) -> None:
    assert is_live(scene, scene.alice.token)
    token = email_tokens.confirmation(scene.alice.account, NEW_EMAIL)
    assert scene.service.confirm_email(token).status == 200
    assert scene.service.log_in(NEW_EMAIL).json["user"]["id"] == scene.alice.id


def cannot_have_the_administrators_address(scene: Scene, _: Answer) -> None:
    email = scene.administrator.email
    token = email_tokens.confirmation(scene.alice.account, email)
    assert scene.service.confirm_email(token).code == "email_token_invalid"
    assert scene.service.log_in(email).json["user"]["id"] == scene.administrator.id


def keeps_the_address(scene: Scene, _: Answer) -> None:
    assert is_live(scene, scene.alice.token)
    assert scene.service.confirm_email(scene.email_token).code == "email_token_invalid"
    assert scene.service.log_in(scene.alice.email).json["user"]["id"] == scene.alice.id


def has_the_old_address_back(scene: Scene, answer: Answer) -> None:
    is_kept_out(scene, answer)
    assert scene.service.log_in(NEW_EMAIL).code == "invalid_credentials"
    # whoever has not heard of it has a mail sent
    heard = answer if answer.status == 200 else scene.service.issue_reset_token(scene.alice.email)
    assert scene.service.set_new_password(heard.json["reset_token"]).status == 200
    assert scene.service.log_in(scene.alice.email, NEW_PASSWORD).status == 200


def has_the_account(scene: Scene, _: Answer) -> None:
    user = scene.service.log_in(NEW_EMAIL).json["user"]
    assert (user["email"], user["role"]) == (NEW_EMAIL, "read_only")
    # and nobody has it once more
    again = email_tokens.sign_up(NEW_EMAIL)
    assert scene.service.confirm_email(again, PASSWORD).code == "email_token_invalid"


def has_no_account_but_may_confirm(scene: Scene, _: Answer) -> None:
    assert scene.service.log_in(NEW_EMAIL).code == "invalid_credentials"
    token = email_tokens.sign_up(NEW_EMAIL)
    assert scene.service.confirm_email(token, PASSWORD).status == 200


def has_a_confirmed_address(scene: Scene, _: Answer) -> None:
    for device in (scene.alice, scene.laptop):
        assert scene.service.who_am_i(device.token).json["email_confirmed"]
    assert scene.service.show_user(scene.alice.id).json["email_confirmed"]


def the_mail_makes_an_account(scene: Scene, _: Answer) -> None:
    mail = scene.outbox.mails()[0]
    token = mail.text.partition("#email_token=")[2].split()[0]
    assert mail.recipients == (NEW_EMAIL,)
    assert scene.service.confirm_email(token, PASSWORD).status == 200


def has_the_new_address(scene: Scene, answer: Answer) -> None:
    is_kept_out(scene, answer)
    assert scene.service.log_in(NEW_EMAIL).json["user"]["id"] == scene.alice.id


def is_gone(scene: Scene, answer: Answer) -> None:
    is_kept_out(scene, answer)
    assert scene.service.show_user(scene.alice.id).code == "user_not_found"
    trail = scene.service.show_audit(scene.alice.id).json["events"]
    mine = [event for event in trail if event.get("actor_id") in (None, scene.alice.id)]
    assert mine
    assert [event for event in mine if "ip_address" in event] == []


def has_left(scene: Scene, answer: Answer) -> None:
    arrangements.order_the_notice_of_having_left(scene)
    assert scene.service.send_mail(scene.order).status == 200
    is_gone(scene, answer)


def the_role_can_be_given(scene: Scene, _: Answer) -> None:
    assert scene.service.sign_up(NEW_EMAIL, role=ROLE).status == 201


def the_role_cannot_be_given(scene: Scene, _: Answer) -> None:
    assert scene.service.sign_up(NEW_EMAIL, role=ROLE).status == 422


def the_service_token_works(scene: Scene, answer: Answer) -> None:
    back_end = replace(scene.service, back_end=answer.json["access_token"])
    assert back_end.sign_up(NEW_EMAIL).status == 201


def one_device_made_room(scene: Scene, answer: Answer) -> None:
    assert len(scene.alice.sessions) == MOST_DEVICES
    assert is_live(scene, scene.alice.token)
    assert is_live(scene, scene.laptop.token)
    both_work(scene, answer)


def the_hash_is_our_own(scene: Scene, answer: Answer) -> None:
    assert not passwords.is_outdated(scene.alice.account.password_hash)
    both_work(scene, answer)


def administers(scene: Scene, answer: Answer) -> None:
    is_signed_out(scene, answer)
    again = scene.alice.sign_in()
    assert scene.service.update_user(scene.laptop.id, again.token, name="Alicia").status == 200


def holds_the_role(scene: Scene, answer: Answer) -> None:
    is_signed_out(scene, answer)
    assert scene.alice.account.role == ROLE
    assert scene.service.delete_role(ROLE).code == "role_in_use"


def the_mail_lets_in(scene: Scene, _: Answer) -> None:
    mail = scene.outbox.mails()[0]
    token = mail.text.partition("#reset_token=")[2].split()[0]
    assert scene.service.reset_password(token).status == 200
    (recipient,) = mail.recipients
    assert scene.service.log_in(recipient, NEW_PASSWORD).status == 200


def the_link_lets_in(scene: Scene, _: Answer) -> None:
    mail = scene.outbox.mails()[0]
    fields = dict(parse_qsl(mail.text.partition("/reset#")[2].split()[0]))
    assert scene.service.log_in_with_code(fields).json["user"]["id"] == scene.alice.id
    assert scene.service.log_in_with_code(fields).code == "challenge_invalid"


def the_mail_leads_back(scene: Scene, _: Answer) -> None:
    mail = scene.outbox.mails()[0]
    text = mail.text.partition("#undo_token=")[2].split()[0]
    token = one_time_tokens.read(Kind.EMAIL_UNDO, text)
    assert (mail.recipients, token.user_id) == ((scene.alice.email,), scene.alice.id)


def the_mail_gives_the_new_address(scene: Scene, _: Answer) -> None:
    mail = scene.outbox.mails()[0]
    assert mail.recipients == (NEW_EMAIL,)
    token = mail.text.partition("#email_token=")[2].split()[0]
    assert scene.service.confirm_email(token).status == 200
    assert scene.service.log_in(NEW_EMAIL).json["user"]["id"] == scene.alice.id


def the_mail_tells_the_administrator(scene: Scene, _: Answer) -> None:
    mail = scene.outbox.mails()[0]
    assert mail.recipients == (scene.administrator.email,)
    assert f"Hello {scene.administrator.name}" in mail.text
    assert "_token" not in mail.text


def the_mail_tells_of_it(scene: Scene, _: Answer) -> None:
    mail = scene.outbox.mails()[0]
    assert mail.recipients == (scene.alice.email,)
    assert "reset_token" not in mail.text


def the_mail_tells_and_nothing_else_does(scene: Scene, answer: Answer) -> None:
    the_mail_tells_of_it(scene, answer)
    is_gone(scene, answer)
