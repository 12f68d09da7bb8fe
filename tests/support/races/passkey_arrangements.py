"""How passkeys stand before a request is made."""

from tests.support import scene as ground
from tests.support.races.factor_arrangements import challenge
from tests.support.races.scenario import Scene


def have_one_made(scene: Scene) -> None:
    """Alice's browser has made a passkey, which she has yet to add."""
    options = scene.service.passkey_options(scene.alice.token).json
    scene.passkey = scene.authenticator.create(options)


def have_one(scene: Scene) -> None:
    """Alice has a passkey, and her laptop is signed out by that."""
    scene.passkey_id = _ground(scene).add(scene.authenticator)


def have_two(scene: Scene) -> None:
    """Alice has two passkeys."""
    _ground(scene).passkey_id()
    have_one(scene)


def use_it(scene: Scene) -> None:
    """Alice's browser has used it, to sign in."""
    have_one(scene)
    scene.passkey = scene.authenticator.get(scene.service.passkey_log_in_options().json)


def sign_in_with_it(scene: Scene) -> None:
    """Alice has signed in with what her browser told."""
    use_it(scene)
    assert scene.service.log_in_with_passkey(scene.passkey).status == 200


def use_a_copy_of_it(scene: Scene) -> None:
    """Alice has signed in since somebody copied the key, who uses it now."""
    have_one(scene)
    copied = scene.authenticator.counter
    used = scene.authenticator.get(scene.service.passkey_log_in_options().json)
    assert scene.service.log_in_with_passkey(used).status == 200
    scene.authenticator.counter = copied
    scene.passkey = scene.authenticator.get(scene.service.passkey_log_in_options().json)


def use_it_as_the_second_step(scene: Scene) -> None:
    """Alice's password was right, and her browser has used her passkey."""
    have_one(scene)
    scene.second_factor = {"challenge": challenge(scene)}
    options = scene.service.passkey_log_in_options(scene.second_factor["challenge"]).json
    scene.passkey = scene.authenticator.get(options)


def use_it_to_confirm(scene: Scene) -> None:
    """Alice is asked who she is once more, and her browser has used her passkey."""
    have_one(scene)
    options = scene.service.passkey_options(scene.alice.token, "confirm").json
    scene.passkey = scene.authenticator.get(options)


def _ground(scene: Scene) -> ground.Scene:
    service = scene.service
    return ground.Scene(service.api, scene.alice, scene.administrator, service.back_end)
