"""The search index follows names and addresses, whoever changes them."""

import itertools
from collections import Counter
from collections.abc import Iterator
from datetime import timedelta

import pytest

from accounts import clock
from accounts.access import email_changes, new_accounts
from accounts.credentials import device_tokens, throttle
from accounts.storage import places, search_index
from accounts.storage.search_index import IndexState, SearchEntry
from accounts.storage.tables import EmailChange, LoginAttempt, User, UserEmail
from accounts.storage.transactions import LARGEST_TRANSACTION
from tests.support import email_tokens
from tests.support.aws_calls import AwsCalls
from tests.support.deployment import Deployment
from tests.support.desk import BeforeWrite, Desk, log_in, settle
from tests.support.people import Person
from tests.support.register import (
    CONFIRM_EMAIL,
    DELETE_OWN_ACCOUNT,
    SELF_SIGN_UP,
    UPDATE_OWN_ACCOUNT,
)

# more words than are kept of each part
CROWDED_NAME = " ".join(f"n{number:02}" for number in range(25))
CROWDED_EMAIL = f"{'.'.join(f'l{number:02}' for number in range(16))}@{'ab.cd.' * 9}example.com"


def _exact() -> set[tuple[str, ...]]:
    return {entry.key() for user in User.scan() for entry in search_index.entries(user)}


def _stored() -> set[tuple[str, ...]]:
    keys = {entry.key() for entry in SearchEntry.scan()}
    return {key for key in keys if key[0] != IndexState.BEGINNING}


def _words(user_id: int) -> set[str]:
    suffix = f"#{user_id:016}"
    own = {key for key in _stored() if key[1].endswith(suffix)}
    return {place.removesuffix(suffix) for begins, place in own if not begins.endswith("#made")}


@pytest.fixture(autouse=True)
def _nothing_else(stack: Deployment) -> Iterator[None]:
    """The index has the words of those who are there, and no others."""
    yield
    assert _stored() == _exact()


def test_who_is_signed_up_is_entered(desk: Desk) -> None:
    user_id = desk.sign_up("ada.king@mail.example.com", name="Ада Лавлейс").json["id"]

    assert _words(user_id) == {"ада", "лавлейс", "ada", "king", "mail", "example", "com"}


def test_back_end_is_entered(desk: Desk) -> None:
    user_id = desk.service_token("till@shop.example.com", name="Cash desk").json["user_id"]

    assert _words(user_id) == {"cash", "desk", "till", "shop", "example", "com"}


def test_who_signs_themselves_up_is_entered_once_they_are_there(desk: Desk) -> None:
    body = {"email": "nina@example.com", "name": "Nina New", "passw": "violet umbrella 77"}
    before = _stored()
    assert desk.api.call(*SELF_SIGN_UP.at(), json=body).status == 202
    assert _stored() == before

    proof = {"email_token": email_tokens.sign_up("nina@example.com"), "passw": body["passw"]}
    assert desk.api.call(*CONFIRM_EMAIL.at(), json=proof).status == 200

    assert {place.partition("#")[0] for _, place in _stored() - before} >= {"nina", "new"}


def test_new_name_replaces_its_words_and_no_others(desk: Desk) -> None:
    user_id = desk.sign_up("ada.king@example.com", name="Ada Byron").json["id"]

    assert desk.update(user_id, name="Ada Lovelace").status == 200

    assert _words(user_id) == {"ada", "lovelace", "king", "example", "com"}


def test_name_that_goes_leaves_what_is_in_the_address_too(desk: Desk) -> None:
    user_id = desk.sign_up("augusta@example.com", name="Augusta").json["id"]

    assert desk.update(user_id, name="Ada").status == 200

    assert _words(user_id) == {"augusta", "ada", "example", "com"}


def test_new_role_and_status_leave_the_index_alone(desk: Desk, alice: Person) -> None:
    before = _stored()

    assert desk.update(alice.id, role="methodist", status="disabled").status == 200

    assert _stored() == before


def test_own_new_name_is_followed(alice: Person) -> None:
    body = {"name": "Alice Liddell"}

    answer = alice.api.call(*UPDATE_OWN_ACCOUNT.at(), json=body, token=alice.token)

    assert answer.status == 200
    assert _words(alice.id) == {"alice", "liddell", "example", "com"}


def test_new_address_is_followed_when_it_counts_and_when_it_is_taken_back(
    desk: Desk, alice: Person
) -> None:
    desk.update(alice.id, email="dodo@wonder.example.org")
    assert _words(alice.id) == {"alice", "example", "com"}

    undo_token = desk.undo_token(alice.id)
    assert desk.confirm_email(desk.email_token(alice.id)).status == 200
    assert _words(alice.id) == {"alice", "dodo", "wonder", "example", "org"}

    assert desk.undo_email_change(undo_token).status == 200
    assert _words(alice.id) == {"alice", "example", "com"}


def test_who_is_deleted_is_found_no_more(desk: Desk, alice: Person, bob: Person) -> None:
    assert desk.delete(alice.id).status == 200
    assert bob.api.call(*DELETE_OWN_ACCOUNT.at(), token=bob.token).status == 204

    assert _words(alice.id) == _words(bob.id) == set()


def test_rename_that_is_overtaken_by_another_leaves_the_words_of_the_last(
    desk: Desk, alice: Person, before_write: BeforeWrite
) -> None:
    before_write(lambda: desk.update(alice.id, name="Second"))

    assert desk.update(alice.id, name="First").status == 200

    assert _words(alice.id) == {"first", "alice", "example", "com"}


def test_rename_that_is_overtaken_by_a_deletion_leaves_nothing(
    desk: Desk, alice: Person, before_write: BeforeWrite
) -> None:
    before_write(lambda: desk.delete(alice.id))

    assert desk.update(alice.id, name="First").status == 404

    assert _words(alice.id) == set()


def test_people_of_one_domain_are_spread_over_keys(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(new_accounts, "_new_id", itertools.count(1).__next__)

    for number in range(48):
        settle(f"p{number}@one-domain.example.net")

    keys = Counter(begins for begins, place in _stored() if place.startswith("domain#"))
    assert set(keys.values()) == {3}


def test_sign_up_writes_an_item_for_each_word_and_one_for_its_time(
    desk: Desk, aws_calls: AwsCalls
) -> None:
    aws_calls.forget()

    desk.sign_up("ada@example.com", name="Ada Lovelace")

    writes = [call for call in aws_calls.made if call.operation == "TransactWriteItems"]
    parts = [part for call in writes for part in call.parts()]
    assert [kind for kind, table in parts if "SearchWords" in table] == ["Put"] * 5


def test_log_in_notes_when_it_was_without_another_write(alice: Person, aws_calls: AwsCalls) -> None:
    aws_calls.forget()

    assert log_in(alice).status == 200

    assert not any("SearchWords" in str(call.arguments) for call in aws_calls.made)
    latest = max(session.created_at for session in alice.sessions)
    assert places.moment(alice.account.last_log_in) == latest


def test_largest_deletion_fits_a_transaction(
    desk: Desk, aws_calls: AwsCalls, monkeypatch: pytest.MonkeyPatch
) -> None:
    # moto may take longer over a hundred items than the function has
    monkeypatch.setattr("accounts.invocation.require_time", lambda *_: None)
    user = new_accounts.new_user(CROWDED_EMAIL, CROWDED_NAME, "administrator", None)
    new_accounts.create(user)
    user.session_ids = [f"session-{number}" for number in range(40)]
    devices = [f"device-{number}" for number in range(device_tokens.DEVICES_PER_USER)]
    user.known_devices = dict.fromkeys(devices, 0)
    user.new_devices = {f"new-{device}": 0 for device in devices}
    user.has_totp, user.passkey_ids = True, [f"passkey-{number}" for number in range(10)]
    until = clock.now() + timedelta(days=1)
    user.email_changes = [
        EmailChange(epoch=number, email=f"before-{number}@example.com", until=until)  # type: ignore[no-untyped-call] # PynamoDB's own __init__
        for number in range(email_changes.MOST_UNDOABLE)
    ]
    user.save()
    for change in user.email_changes:
        UserEmail(email=change.email, user_id=user.id, expires_at=until).save()
    for device in devices:
        throttle.device(device).save()
    aws_calls.forget()

    assert desk.delete(user.id).status == 200

    writes = [call for call in aws_calls.made if call.operation == "TransactWriteItems"]
    sizes = [len(list(call.parts())) for call in writes]
    # devices that there was no room for, the account with all else, addresses in its trail
    assert sizes[:2] == [18, LARGEST_TRANSACTION - 2]
    assert User.find(user.id) is None
    assert not [one for one in LoginAttempt.scan() if one.subject.startswith("device#device")]
