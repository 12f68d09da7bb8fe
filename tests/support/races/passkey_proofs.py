"""What is true of passkeys once a request has been answered as it should be."""

from tests.support.answers import Answer
from tests.support.authenticator import on_file
from tests.support.desk import events
from tests.support.races import proofs
from tests.support.races.scenario import Scene


def it_signs_in(scene: Scene, _: Answer) -> None:
    assert not proofs.is_live(scene, scene.laptop.token)
    used = scene.authenticator.get(scene.service.passkey_log_in_options().json)
    proofs.both_work(scene, scene.service.log_in_with_passkey(used))


def it_is_used_up(scene: Scene, answer: Answer) -> None:
    assert scene.service.log_in_with_passkey(scene.passkey).code == "challenge_invalid"
    # whoever has not heard of it asks for another challenge
    if answer.status == 200:
        proofs.both_work(scene, answer)


def the_step_is_done(scene: Scene, answer: Answer) -> None:
    challenge = scene.second_factor["challenge"]
    again = scene.service.prove_passkey(challenge, scene.passkey)
    assert again.code == "challenge_invalid"
    if answer.status == 200:
        proofs.both_work(scene, answer)


def it_proved_it_once(scene: Scene, _: Answer) -> None:
    (session,) = scene.alice.sessions
    assert session.proved_at is not None
    again = scene.service.confirm_by_passkey(scene.alice.token, scene.passkey)
    assert again.code == "challenge_invalid"


def it_opens_nothing(scene: Scene, _: Answer) -> None:
    used = scene.authenticator.get(scene.service.passkey_log_in_options().json)
    assert scene.service.log_in_with_passkey(used).code == "invalid_passkey"
    assert len(on_file()) == len(scene.alice.account.passkey_ids or [])


def the_owner_is_told_once(scene: Scene, _: Answer) -> None:
    told = [event for event in events(scene.alice.id) if event.what == "passkey_refused"]
    assert len(told) == 1
