"""The invariants are worth something only if each of them can be seen to break."""

from collections.abc import Callable, Mapping
from datetime import timedelta

import pytest

from accounts import clock
from accounts.access import waiting_sign_ups
from accounts.events.outbound import Order
from accounts.events.payloads import Event
from accounts.storage import audit, places, search_index
from accounts.storage.dynamodb import Table
from accounts.storage.factors import Passkey, Totp
from accounts.storage.search_index import SearchEntry
from accounts.storage.tables import (
    AuditEvent,
    EmailChange,
    OneTimeToken,
    Role,
    User,
    UserEmail,
    UserSession,
    WaitingSignUps,
)
from accounts.storage.webhooks import Delivery, Webhook
from tests.support.clocks import Clock
from tests.support.filed_factors import put_on_file
from tests.support.people import Person
from tests.support.races.event_invariants import lost
from tests.support.races.invariants import RULES, Check, InvariantError, State
from tests.support.races.service import Service
from tests.support.races.storage import Storage

pytestmark = pytest.mark.races

# (rule, what breaks it)
PLANTS: list[tuple[str, Callable[[Person], object]]] = []
Plant = Callable[[Person], object]


def breaks(rule: str) -> Callable[[Plant], Plant]:
    def register(plant: Plant) -> Plant:
        PLANTS.append((rule, plant))
        return plant

    return register


def changed(item: Table, **attributes: object) -> None:
    for name, value in attributes.items():
        setattr(item, name, value)
    item.save()


def session_of(alice: Person) -> UserSession:
    (session,) = alice.sessions
    return session


def copy_of(item: Table, **attributes: object) -> None:
    changed(type(item)(**item.attribute_values), **attributes)


@breaks("one_email_one_user")
def the_email_item_is_missing(alice: Person) -> None:
    UserEmail(email=alice.email).delete()


@breaks("one_email_one_user")
def the_account_sits_on_a_second_address(alice: Person) -> None:
    UserEmail(email="second@example.com", user_id=alice.id).save()


def moved(alice: Person, *epochs: int, owner: int | None = None) -> None:
    until = clock.now().replace(microsecond=0) + timedelta(days=7)
    user = alice.account
    user.credentials_epoch = 2
    user.email_changes = [
        EmailChange(epoch=epoch, email="before@example.com", until=until)  # type: ignore[no-untyped-call] # PynamoDB's own __init__
        for epoch in epochs
    ]
    user.save()
    if owner is not None:
        UserEmail(email="before@example.com", user_id=owner, expires_at=until).save()


@breaks("changes_can_be_taken_back")
def the_address_before_is_free(alice: Person) -> None:
    moved(alice, 1)


@breaks("changes_can_be_taken_back")
def the_address_before_is_somebody_elses(alice: Person) -> None:
    moved(alice, 1, owner=alice.id + 1)


@breaks("changes_can_be_taken_back")
def two_changes_have_one_epoch(alice: Person) -> None:
    moved(alice, 1, 1, owner=alice.id)


@breaks("changes_can_be_taken_back")
def a_change_is_of_an_epoch_to_come(alice: Person) -> None:
    moved(alice, 2, owner=alice.id)


@breaks("one_email_one_user")
def the_user_is_missing(alice: Person) -> None:
    session_of(alice).delete()
    alice.account.delete()


@breaks("one_email_one_user")
def the_email_is_somebody_elses(alice: Person) -> None:
    changed(UserEmail(email=alice.email), user_id=alice.id + 1)


@breaks("one_email_one_user")
def two_users_have_one_email(alice: Person) -> None:
    copy_of(alice.account, id=alice.id + 1)


@breaks("one_email_one_user")
def two_emails_lead_to_one_user(alice: Person) -> None:
    changed(UserEmail(email="second@example.com"), user_id=alice.id)


@breaks("one_email_one_user")
def the_email_is_not_canonical(alice: Person) -> None:
    UserEmail(email=alice.email).delete()
    changed(UserEmail(email=alice.email.upper()), user_id=alice.id)
    changed(alice.account, email=alice.email.upper())


@breaks("users_are_whole")
def the_role_does_not_exist(alice: Person) -> None:
    Role(name=alice.role).delete()


@breaks("one_time_tokens_are_whole")
def a_token_has_no_expiry(_: Person) -> None:
    reset_token().update([OneTimeToken.expires_at.remove()])


@breaks("one_time_tokens_are_whole")
def a_token_lives_for_days(_: Person) -> None:
    token = reset_token()
    changed(token, expires_at=token.expires_at + timedelta(days=8))


@breaks("one_time_tokens_are_whole")
def a_token_is_of_no_kind(_: Person) -> None:
    copy_of(reset_token(), token="xx#digest")


@breaks("one_time_tokens_are_whole")
def a_reset_token_is_of_no_epoch(_: Person) -> None:
    reset_token().update([OneTimeToken.epoch.remove()])


@breaks("one_time_tokens_are_whole")
def a_token_of_a_sign_up_is_somebodys(alice: Person) -> None:
    copy_of(reset_token(), token="su#digest", sealed_email="sealed", user_id=alice.id)


@breaks("one_time_tokens_are_whole")
def a_challenge_for_an_enrolment_is_of_no_session(alice: Person) -> None:
    copy_of(reset_token(), token="pe#digest", epoch=None, user_id=alice.id)


@breaks("one_time_tokens_are_whole")
def a_reset_token_is_nobodys(_: Person) -> None:
    reset_token().update([OneTimeToken.user_id.remove()])


@breaks("sign_ups_wait_for_a_while")
def too_many_wait_at_an_address(_: Person) -> None:
    wait("nina@example.com", *(f"hash {number}" for number in range(5)))


@breaks("sign_ups_wait_for_a_while")
def nobody_waits_at_an_address(_: Person) -> None:
    wait("nina@example.com")


@breaks("sign_ups_wait_for_a_while")
def somebody_waits_twice(_: Person) -> None:
    wait("nina@example.com", "hash", "hash")


@breaks("sign_ups_wait_for_a_while")
def somebody_waits_at_an_address_in_another_spelling(_: Person) -> None:
    wait("NINA@example.com", "hash")


@breaks("sign_ups_wait_for_a_while")
def somebody_waits_for_days(_: Person) -> None:
    wait("nina@example.com", "hash", days=2)


def challenge(**attributes: object) -> None:
    until = clock.now().replace(microsecond=0) + timedelta(minutes=5)
    changed(OneTimeToken(token="lc#digest"), expires_at=until, **attributes)


@breaks("challenges_are_whole")
def a_challenge_has_an_owner_and_no_code(alice: Person) -> None:
    challenge(user_id=alice.id, epoch=0)


@breaks("challenges_are_whole")
def a_challenge_was_tried_too_often(_: Person) -> None:
    challenge(tries=6)


@breaks("challenges_are_whole")
def a_challenge_of_a_link_is_in_no_mail(_: Person) -> None:
    challenge(root="lc#other")


@breaks("sessions_belong")
def a_session_tells_that_an_address_is_not_confirmed(alice: Person) -> None:
    changed(session_of_many(alice), email_unconfirmed=True)


@breaks("factors_belong")
def an_app_is_nobodys(alice: Person) -> None:
    put_on_file(alice.id)
    alice.account.update([User.has_totp.remove()])


@breaks("factors_belong")
def an_app_is_not_on_file(alice: Person) -> None:
    put_on_file(alice.id)
    Totp(factor=f"totp#{alice.id}").delete()


@breaks("factors_belong")
def recovery_codes_outlive_the_factors(alice: Person) -> None:
    put_on_file(alice.id, passkeys=0)
    Totp(factor=f"totp#{alice.id}").delete()
    alice.account.update([User.has_totp.remove()])


@breaks("factors_belong")
def a_passkey_is_somebody_elses(alice: Person) -> None:
    put_on_file(alice.id)
    (key, *_) = alice.account.passkey_ids
    changed(Passkey.get(f"passkey#{key}"), user_id=alice.id + 1)


@breaks("factors_belong")
def a_passkey_outlives_its_account(alice: Person) -> None:
    put_on_file(alice.id)
    session_of(alice).delete()
    alice.account.delete()


@breaks("factors_are_whole")
def an_app_in_use_has_no_secret(alice: Person) -> None:
    put_on_file(alice.id)
    Totp(factor=f"totp#{alice.id}").update([Totp.sealed_secret.remove()])


@breaks("factors_are_whole")
def an_app_that_was_begun_with_is_in_use(alice: Person) -> None:
    put_on_file(alice.id)
    Totp(factor=f"totp#{alice.id}").update([Totp.pending_secret.set(b"sealed")])
    alice.account.update([User.has_totp.set(False)])


@breaks("factors_are_whole")
def there_are_too_many_passkeys(alice: Person) -> None:
    put_on_file(alice.id, passkeys=11)


@breaks("second_factors_were_asked_for")
def a_session_was_begun_with_the_password_alone(alice: Person) -> None:
    put_on_file(alice.id)
    session_of(alice).update([UserSession.amr.set("pwd")])


@breaks("second_factors_were_asked_for")
def a_session_is_for_getting_what_is_there(alice: Person) -> None:
    put_on_file(alice.id)
    session_of(alice).update([UserSession.enrolment_due.set(True)])


def second_step(alice: Person, **attributes: object) -> None:
    until = clock.now().replace(microsecond=0) + timedelta(minutes=5)
    bound = {"user_id": alice.id, "epoch": 0, "amr": "pwd"}
    changed(OneTimeToken(token="sf#digest"), expires_at=until, **bound | attributes)


@breaks("second_steps_are_whole")
def a_second_step_follows_on_nothing(alice: Person) -> None:
    second_step(alice, amr=None)


@breaks("second_steps_are_whole")
def a_second_step_was_tried_too_often(alice: Person) -> None:
    second_step(alice, tries=6)


@breaks("tokens_work_once")
def a_token_outlives_its_use(alice: Person) -> None:
    copy_of(event_of(alice, "reset_token_issued"), event_id="used", what="password_reset")


@breaks("tokens_work_once")
def a_token_works_twice(alice: Person) -> None:
    reset_token().delete()
    for event_id in ("once", "twice"):
        copy_of(event_of(alice, "reset_token_issued"), event_id=event_id, what="password_reset")


@breaks("sessions_belong")
def a_session_is_nobodys(alice: Person) -> None:
    alice.account.delete()


@breaks("sessions_belong")
def a_disabled_user_has_a_session(alice: Person) -> None:
    changed(alice.account, status="disabled")


@breaks("sessions_belong")
def a_session_is_not_listed(alice: Person) -> None:
    changed(alice.account, session_ids=[])


@breaks("sessions_belong")
def a_session_has_an_old_role(alice: Person) -> None:
    changed(alice.account, role="methodist")


@breaks("sessions_are_whole")
def a_session_came_back_in_part(alice: Person) -> None:
    session = session_of(alice)
    session.delete()
    UserSession(user_id=alice.id, session_id=session.session_id).update(
        [UserSession.last_activity.set(session.last_activity)]
    )


@breaks("one_live_refresh_token")
def a_session_has_no_refresh_token(alice: Person) -> None:
    changed(session_of(alice), newest=None)


@breaks("one_live_refresh_token")
def a_refresh_token_is_kept_in_two_forms(alice: Person) -> None:
    session = session_of(alice)
    changed(session, refresh_token_hash=session.newest.hex())


@breaks("one_live_refresh_token")
def a_rotation_is_half_written(alice: Person) -> None:
    changed(session_of(alice), child=None)


@breaks("one_live_refresh_token")
def two_sessions_share_a_refresh_token(alice: Person) -> None:
    copy_of(session_of(alice), session_id="another")


@breaks("one_live_refresh_token")
def a_back_end_can_refresh(alice: Person) -> None:
    changed(session_of(alice), kind="service+jwt")


@breaks("sessions_end")
def a_session_outlives_its_idle_limit(alice: Person) -> None:
    session = session_of(alice)
    changed(session, expires_at=session.expires_at + timedelta(days=1))


@breaks("sessions_end")
def a_session_outlives_its_absolute_limit(alice: Person) -> None:
    session = session_of(alice)
    changed(session, created_at=session.created_at - timedelta(days=160))


@breaks("few_sessions_a_user")
def a_user_has_too_many_sessions(alice: Person) -> None:
    for number in range(20):
        copy_of(session_of_many(alice), session_id=str(number))


@breaks("few_sessions_a_user")
def a_user_lists_too_many_sessions(alice: Person) -> None:
    changed(alice.account, session_ids=[str(number) for number in range(21)])


@breaks("few_sessions_a_user")
def a_user_lists_a_session_twice(alice: Person) -> None:
    account = alice.account
    changed(account, session_ids=account.session_ids * 2)


@breaks("few_devices_a_user")
def a_user_knows_too_many_devices(alice: Person) -> None:
    changed(alice.account, known_devices={str(number): 0 for number in range(11)})


@breaks("few_devices_a_user")
def a_user_knows_a_device_twice(alice: Person) -> None:
    changed(alice.account, known_devices={"device": 0}, new_devices={"device": 0})


@breaks("somebody_administers")
def the_administrator_is_disabled(alice: Person) -> None:
    changed(administrator(), status="disabled")


@breaks("somebody_administers")
def the_administrator_is_demoted(alice: Person) -> None:
    changed(administrator(), role="methodist")


@breaks("holders_are_counted")
def an_administrator_is_not_counted(alice: Person) -> None:
    changed(alice.account, role="administrator")


@breaks("holders_are_counted")
def a_holder_is_counted_who_is_not_there(alice: Person) -> None:
    changed(
        Role(name="gardener", title_en="G", title_ru="G", permissions=[], builtin=False), holders=1
    )


@breaks("beginnings_are_on_record")
def an_account_came_from_nowhere(alice: Person) -> None:
    event_of(alice, "user_created").delete()


@breaks("beginnings_are_on_record")
def a_session_began_twice(alice: Person) -> None:
    copy_of(event_of(alice, "session_begun"), event_id="again")


@breaks("people_are_found")
def a_word_is_missing(alice: Person) -> None:
    search_index.entries(alice.account)[-1].delete()


@breaks("people_are_found")
def a_word_is_of_an_old_name(alice: Person) -> None:
    place = places.by_word("alicia", alice.id)
    SearchEntry(beginning=f"{places.shard(alice.id)}#al", place=place).save()


@breaks("people_are_found")
def a_word_is_of_nobody(alice: Person) -> None:
    SearchEntry(beginning="0#no", place=places.by_word("nobody", 16)).save()


@breaks("users_are_whole")
def the_initial_is_of_another_email(alice: Person) -> None:
    changed(alice.account, initial="z")


@breaks("sessions_belong")
def a_session_has_an_old_name(alice: Person) -> None:
    changed(alice.account, name="Alicia")


@breaks("_goes_on")
def an_event_is_struck_from_the_trail(alice: Person) -> None:
    event_of(alice, "reset_token_issued").delete()


@breaks("_goes_on")
def the_epoch_falls(alice: Person) -> None:
    changed(alice.account, credentials_epoch=alice.account.credentials_epoch - 1)


@breaks("_goes_on")
def the_version_falls(alice: Person) -> None:
    account = alice.account
    changed(account, version=account.version - 1)


def session_of_many(alice: Person) -> UserSession:
    return next(s for s in alice.sessions if s.session_id == alice.session_id)


def event_of(alice: Person, what: str) -> AuditEvent:
    return next(event for event in AuditEvent.find_all(alice.id) if event.what == what)


def reset_token() -> OneTimeToken:
    (token,) = OneTimeToken.scan()
    return token


def wait(email: str, *hashes: str, days: int = 0) -> None:
    people = [waiting_sign_ups.new("Nina", "en", one, "192.0.2.7") for one in hashes]
    for person in people:
        person.until += timedelta(days=days)
    key = f"{WaitingSignUps.PREFIX}{email}"
    expires_at = clock.now() + timedelta(days=1 + days)
    WaitingSignUps(token=key, people=people, revision="x", expires_at=expires_at).save()


def administrator() -> User:
    return next(user for user in User.scan() if user.role == "administrator")


@pytest.fixture
def alice(service: Service, alice: Person) -> Person:
    """Alice with all that a person can have in the tables."""
    assert service.refresh(alice.refresh_token).status == 200
    assert service.issue_reset_token(alice.email).status == 201
    return alice


def told(alice: Person, *deliveries: Mapping[str, object] | None) -> list[Event]:
    """Have somebody want to know of alice, and so many things happen of which these are noted."""
    now = clock.now()
    Webhook(
        id="crm",
        url="https://hooks.example.com/",
        events=["user.updated"],
        personal_data=False,
        maker_id=alice.id,
        seeds=[],
        created_at=now,
        updated_at=now,
        revision="first",
    ).save()
    events = []
    for number, noted in enumerate(deliveries, start=1):
        item = audit.event(alice.id, "user_updated", name="changed").item
        assert isinstance(item, AuditEvent)
        item.happened_at = now + timedelta(seconds=number)
        item.event_id = f"{places.time(item.happened_at)}-0a1b2c3d"
        item.save()
        event = Event.of(item)
        assert event is not None
        events.append(event)
        if noted is not None:
            owner = Delivery.owner_of("crm")
            delivery = Delivery(owner=owner, id=event.id, type=event.type, round="")
            delivery.expires_at = now + timedelta(days=30)
            changed(delivery, **noted)
    return events


TAKEN: Mapping[str, object] = {"status": "delivered", "attempts": 1, "response_status": 204}
GIVEN_UP: Mapping[str, object] = {"status": "failed", "attempts": 13}


def waits() -> Mapping[str, object]:
    return {"status": "pending", "attempts": 1, "next_attempt_at": clock.now()}


@breaks("deliveries_are_whole")
def a_delivery_is_in_no_state(alice: Person) -> None:
    told(alice, {"status": "lost", "attempts": 1})


@breaks("deliveries_are_whole")
def a_delivery_waits_for_ever(alice: Person) -> None:
    told(alice, {**waits(), "attempts": 13})


@breaks("deliveries_are_whole")
def a_delivery_waits_that_was_never_tried(alice: Person) -> None:
    told(alice, {**waits(), "attempts": 0})


@breaks("deliveries_are_whole")
def a_delivery_waits_for_nothing(alice: Person) -> None:
    told(alice, {"status": "pending", "attempts": 1})


@breaks("deliveries_are_whole")
def a_delivery_that_was_refused_is_taken(alice: Person) -> None:
    told(alice, {**TAKEN, "response_status": 302})


@breaks("deliveries_are_whole")
def a_delivery_that_is_done_comes_again(alice: Person) -> None:
    told(alice, {**GIVEN_UP, "next_attempt_at": clock.now()})


@breaks("deliveries_are_whole")
def a_delivery_is_kept_for_ever(alice: Person) -> None:
    told(alice, {**TAKEN, "expires_at": clock.now() + timedelta(days=31)})


@breaks("deliveries_keep_order")
def an_event_is_sent_while_the_one_before_waits(alice: Person) -> None:
    told(alice, waits(), TAKEN)


@breaks("deliveries_keep_order")
def an_event_is_left_out(alice: Person) -> None:
    told(alice, TAKEN, None, TAKEN)


@pytest.mark.parametrize(("rule", "plant"), PLANTS, ids=[plant.__name__ for _, plant in PLANTS])
def test_a_planted_fault_is_found(alice: Person, check: Check, rule: str, plant: Plant) -> None:
    check()

    plant(alice)

    with pytest.raises(InvariantError, match=rf"\b{rule}: "):
        check()


def test_every_rule_is_seen_to_break() -> None:
    assert {rule for rule, _ in PLANTS} == {rule.__name__ for rule in RULES} | {"_goes_on"}


def test_an_ended_session_that_returns_is_found(alice: Person, check: Check) -> None:
    session = session_of(alice)
    check()
    session.delete()
    check()

    session.save()

    with pytest.raises(InvariantError, match=r"'session', .* is back"):
        check()


def test_a_deleted_user_who_returns_is_found(alice: Person, check: Check) -> None:
    account, session, owner = alice.account, session_of(alice), UserEmail(email=alice.email)
    check()
    entries = search_index.entries(account)
    for item in (account, session, owner, *entries):
        item.delete()
    check()

    owner.user_id = alice.id
    for item in (account, owner, *entries):
        item.save()

    with pytest.raises(InvariantError, match=r"'user', .* is back"):
        check()


def test_a_spent_token_that_returns_is_found(alice: Person, check: Check) -> None:
    token = reset_token()
    check()
    token.delete()
    check()

    token.save()

    with pytest.raises(InvariantError, match=r"'one-time token', .* is back"):
        check()


def test_a_spent_refresh_token_that_returns_is_found(
    service: Service, alice: Person, clock: Clock, check: Check
) -> None:
    before = session_of(alice)
    check()
    child = service.refresh(alice.refresh_token).json["refresh_token"]
    assert service.refresh(child).status == 200
    check()

    changed(session_of(alice), newest=before.newest)

    with pytest.raises(InvariantError, match=r"'refresh token', .* is back"):
        check()


def test_what_a_receiver_has_in_order_breaks_nothing(alice: Person, check: Check) -> None:
    told(alice, None, TAKEN, GIVEN_UP, waits(), None)

    check()


@pytest.mark.parametrize("noted", [None, {"status": "pending", "attempts": 1}], ids=str)
def test_an_event_that_is_nowhere_is_found(
    alice: Person, storage: Storage, noted: Mapping[str, object] | None
) -> None:
    (event,) = told(alice, noted)
    state = State.of(storage.read())

    assert list(lost(state, (), ())) == [f"user.updated {event.id} is lost for crm"]
    # of another webhook's, or of another event
    others = (Order("erp", event.id), Order("crm", f"{event.id}0"))
    assert list(lost(state, (), others)) != []


def test_an_event_that_is_somewhere_is_not_lost(alice: Person, storage: Storage) -> None:
    taken, given_up, unread, queued = told(alice, TAKEN, GIVEN_UP, None, waits())

    state = State.of(storage.read())

    assert taken.id != given_up.id
    assert list(lost(state, [unread.id], [Order("crm", queued.id)])) == []
