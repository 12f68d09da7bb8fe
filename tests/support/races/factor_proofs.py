"""What is true of second factors once a request has been answered as it should be."""

from tests.support.answers import Answer
from tests.support.apps import App
from tests.support.races import factor_arrangements, proofs
from tests.support.races.scenario import Scene


def the_challenge_lets_in(scene: Scene, answer: Answer) -> None:
    proof = {"challenge": answer.json["challenge"], "code": scene.app.code(+1)}
    proofs.both_work(scene, scene.service.prove_second_factor(**proof))


def the_challenge_lets_in_if_told(scene: Scene, answer: Answer) -> None:
    assert scene.service.log_in_with_code(scene.code).code == "challenge_invalid"
    if answer.status == 202:
        the_challenge_lets_in(scene, answer)


def it_worked_once(scene: Scene, answer: Answer) -> None:
    assert scene.service.prove_second_factor(**scene.second_factor).code == "challenge_invalid"
    again = {**scene.second_factor, "challenge": factor_arrangements.challenge(scene)}
    assert scene.service.prove_second_factor(**again).code == "invalid_code"
    if answer.status == 200:
        proofs.both_work(scene, answer)


def log_ins_ask_for_no_more_than_before(scene: Scene, _: Answer) -> None:
    assert scene.service.log_in(scene.alice.email).status == 200


def the_new_secret_can_be_enabled(scene: Scene, answer: Answer) -> None:
    app = App(answer.json["secret"])
    assert scene.service.enable_totp(scene.alice.token, app.code()).status == 200


def the_app_is_asked_for(scene: Scene, answer: Answer) -> None:
    assert not proofs.is_live(scene, scene.laptop.token)
    challenges = [factor_arrangements.challenge(scene) for _ in range(2)]
    proof = {"challenge": challenges[0], "code": scene.app.code(+1)}
    assert scene.service.prove_second_factor(**proof).status == 200
    # whoever was not told of the recovery codes makes new ones
    if answer.status == 200:
        proof = {"challenge": challenges[1], "code": answer.json["recovery_codes"][0]}
        assert scene.service.prove_second_factor(**proof).status == 200


def the_new_recovery_codes_alone_work(scene: Scene, answer: Answer) -> None:
    old, new = scene.app.recovery_codes[0], answer.json["recovery_codes"][0]
    answers = [scene.service.confirm_by_code(scene.alice.token, code) for code in (old, new)]
    assert [answer.status for answer in answers] == [422, 200]


def the_code_proved_it_once(scene: Scene, _: Answer) -> None:
    (session,) = scene.alice.sessions
    assert session.proved_at is not None
    assert scene.service.confirm_by_code(scene.alice.token, scene.app.code()).status == 422
