"""How second factors stand before a request is made."""

from dataclasses import replace

from tests.support import scene as ground
from tests.support.apps import STEP_SECONDS
from tests.support.races.arrangements import RECENT_PROOF_SECONDS, have_a_code
from tests.support.races.scenario import Scene


def begin_with_an_app(scene: Scene) -> None:
    """Alice's app has a secret that waits for a code of it, and shows a new code just now."""
    scene.clock.advance(seconds=-scene.clock.time.timestamp() % STEP_SECONDS)
    scene.app = _ground(scene).begun_app()


def have_an_app(scene: Scene) -> None:
    """Log-ins ask for a code of alice's app, and her laptop is signed out by that."""
    begin_with_an_app(scene)
    # the one before, so that other processes, whose clocks are behind, take that of now
    answer = scene.service.enable_totp(scene.alice.token, scene.app.code(-1))
    scene.app = replace(scene.app, recovery_codes=tuple(answer.json["recovery_codes"]))


def have_a_challenge(scene: Scene) -> None:
    """Alice's password was right, and her app shows what comes next."""
    have_an_app(scene)
    scene.second_factor = {"challenge": challenge(scene), "code": scene.app.code()}


def have_a_challenge_and_a_recovery_code(scene: Scene) -> None:
    """Alice's password was right, and she has her recovery codes with her."""
    have_a_challenge(scene)
    scene.second_factor = {**scene.second_factor, "code": scene.app.recovery_codes[0]}


def show_the_factor(scene: Scene) -> None:
    """What alice has was used."""
    have_a_challenge(scene)
    assert scene.service.prove_second_factor(**scene.second_factor).status == 200


def have_a_code_by_mail_and_an_app(scene: Scene) -> None:
    """Alice was mailed a code, and has an app as well."""
    have_an_app(scene)
    have_a_code(scene)


def have_an_app_and_an_old_proof(scene: Scene) -> None:
    """Alice's last proof is longer ago than it counts as a recent one."""
    have_an_app(scene)
    scene.clock.advance(seconds=RECENT_PROOF_SECONDS)


def challenge(scene: Scene) -> str:
    """Return what alice gets for her password."""
    answer = scene.service.log_in(scene.alice.email)
    assert answer.status == 202, answer
    return str(answer.json["challenge"])


def _ground(scene: Scene) -> ground.Scene:
    service = scene.service
    return ground.Scene(service.api, scene.alice, scene.administrator, service.back_end)
