"""A log-in brings an old hash up to date, and never an old password back."""

from collections.abc import Callable

import boto3
import pytest

from accounts.credentials import passwords
from accounts.storage.tables import User
from tests.support.aws_calls import AwsCalls
from tests.support.faults import refusal
from tests.support.foreign_hashes import MAKERS
from tests.support.people import Person
from tests.support.register import CHANGE_PASSWORD, LOG_IN
from tests.support.scene import Scene

NEW = "another_string"
Setting = Callable[..., None]


def _log_in(scene: Scene, passw: str) -> int:
    return LOG_IN.call(scene, json={"email": scene.alice.email, "passw": passw}).status


def _hash(person: Person) -> str:
    return person.account.password_hash


def test_a_log_in_raises_the_cost(scene: Scene, alice: Person, setting: Setting) -> None:
    setting(BCRYPT_COST="5")

    assert _log_in(scene, alice.passw) == 200

    assert "$2b$05$" in _hash(alice)
    assert _log_in(scene, alice.passw) == 200


def test_a_log_in_lowers_the_cost_too(scene: Scene, alice: Person, setting: Setting) -> None:
    setting(BCRYPT_COST="5")
    _log_in(scene, alice.passw)
    setting(BCRYPT_COST="4")

    assert _log_in(scene, alice.passw) == 200

    assert "$2b$04$" in _hash(alice)


def test_a_log_in_goes_over_to_another_key(
    scene: Scene, alice: Person, setting: Setting, aws_calls: AwsCalls
) -> None:
    before = _hash(alice)
    key = _another_key(aws_calls)
    setting(PASSWORD_KEY_ID=key)

    assert _log_in(scene, alice.passw) == 200

    assert key in _hash(alice)
    assert key not in before
    assert not passwords.is_outdated(_hash(alice))
    assert _log_in(scene, alice.passw) == 200


def test_a_hash_that_is_up_to_date_stays(scene: Scene, alice: Person) -> None:
    before = _hash(alice)

    assert _log_in(scene, alice.passw) == 200

    assert _hash(alice) == before


def test_a_wrong_password_changes_no_hash(scene: Scene, alice: Person, setting: Setting) -> None:
    before = _hash(alice)
    setting(BCRYPT_COST="5")

    assert _log_in(scene, "not the password") == 401

    assert _hash(alice) == before


def test_it_happens_in_the_transaction_that_begins_the_session(
    scene: Scene, alice: Person, setting: Setting, aws_calls: AwsCalls
) -> None:
    _log_in(scene, alice.passw)
    operations = aws_calls.operations
    setting(BCRYPT_COST="5")
    aws_calls.forget()

    _log_in(scene, alice.passw)

    # one more MAC, no more writes
    assert sorted(aws_calls.operations) == sorted([*operations, "GenerateMac"])


def test_it_is_no_change_of_password(scene: Scene, alice: Person, setting: Setting) -> None:
    before = alice.account
    phone = alice.sign_in()
    setting(BCRYPT_COST="5")

    assert _log_in(scene, alice.passw) == 200

    assert alice.account.password_changed_at == before.password_changed_at
    assert alice.account.updated_at == before.updated_at
    assert phone.session_id in [session.session_id for session in alice.sessions]


def test_a_change_of_password_meanwhile_is_not_undone(
    scene: Scene, alice: Person, setting: Setting, aws_calls: AwsCalls
) -> None:
    aws_calls.forget()
    _log_in(scene, alice.passw)
    write = aws_calls.operations.index("TransactWriteItems") + 2
    setting(BCRYPT_COST="5")
    changed: list[int] = []
    aws_calls.forget()
    aws_calls.before(write, lambda: changed.append(CHANGE_PASSWORD.call(scene).status))

    assert _log_in(scene, alice.passw) == 401

    assert changed == [200]
    assert _log_in(scene, alice.passw) == 401
    assert _log_in(scene, NEW) == 200


def test_a_log_in_on_another_device_meanwhile_does_no_harm(
    scene: Scene, alice: Person, setting: Setting, aws_calls: AwsCalls
) -> None:
    setting(BCRYPT_COST="5")
    aws_calls.forget()
    # between the new hash and the write
    aws_calls.before(7, alice.sign_in)

    assert _log_in(scene, alice.passw) == 200

    assert "$2b$05$" in _hash(alice)
    assert _log_in(scene, alice.passw) == 200


@pytest.mark.parametrize("number", range(1, 9))
def test_whatever_fails_the_password_stays_good(
    scene: Scene, alice: Person, setting: Setting, aws_calls: AwsCalls, number: int
) -> None:
    setting(BCRYPT_COST="5")
    aws_calls.forget()
    aws_calls.fail(number, refusal())

    assert _log_in(scene, alice.passw) == 503

    assert _log_in(scene, alice.passw) == 200


@pytest.mark.parametrize("made", MAKERS)
def test_a_hash_of_another_system_is_replaced(
    scene: Scene, alice: Person, made: Callable[[str], str]
) -> None:
    foreign = made(alice.passw)
    alice.account.update([User.password_hash.set(foreign)])

    assert _log_in(scene, "not the password") == 401
    assert _hash(alice) == foreign
    assert _log_in(scene, alice.passw) == 200

    assert not passwords.is_outdated(_hash(alice))
    assert _log_in(scene, alice.passw) == 200


@pytest.mark.parametrize("made", MAKERS)
def test_who_comes_twice_at_once_gets_in_twice(
    scene: Scene, alice: Person, aws_calls: AwsCalls, made: Callable[[str], str]
) -> None:
    alice.account.update([User.password_hash.set(made(alice.passw))])
    others: list[int] = []
    aws_calls.forget()
    # between the new hash and the write
    aws_calls.before(7, lambda: others.append(_log_in(scene, alice.passw)))

    assert _log_in(scene, alice.passw) == 200

    assert others == [200]
    assert not passwords.is_outdated(_hash(alice))
    assert _log_in(scene, alice.passw) == 200


def _another_key(aws_calls: AwsCalls) -> str:
    """Return the id of a new key, which the functions may use as well as the old one."""
    key = boto3.client("kms").create_key(KeySpec="HMAC_384", KeyUsage="GENERATE_VERIFY_MAC")
    key_id, arn = key["KeyMetadata"]["KeyId"], key["KeyMetadata"]["Arn"]
    aws_calls.arns = {**aws_calls.arns, key_id: arn}
    allowed = aws_calls.allowed["LogIn"] | {("kms:GenerateMac", arn)}
    aws_calls.allowed = {**aws_calls.allowed, "LogIn": allowed}
    return key_id
