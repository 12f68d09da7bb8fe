"""Second factors at the moment of other uses of them, and of what takes them away."""

from collections import Counter
from collections.abc import Callable
from functools import partial

import pytest

from accounts.credentials import kms
from accounts.storage.factors import RecoveryCodes, Totp
from tests.support import scene as ground
from tests.support.answers import Answer
from tests.support.apps import App
from tests.support.noting import noted_argument
from tests.support.people import Person
from tests.support.races.factor_arrangements import challenge, have_an_app
from tests.support.races.invariants import Check
from tests.support.races.scenario import Scene
from tests.support.races.service import NEW_PASSWORD, PASSWORD, Service
from tests.support.races.together import rounds, together

pytestmark = pytest.mark.races
ROUNDS = 3


@pytest.fixture
def app(scene: Scene, check: Check) -> App:
    """Alice's app, which log-ins ask for; its code of now is not used."""
    have_an_app(scene)
    check()
    return scene.app


@pytest.fixture
def opened(monkeypatch: pytest.MonkeyPatch) -> list[bytes]:
    """The secrets that KMS was asked to open: one for each code of an app that is compared."""
    return noted_argument(monkeypatch, kms, "decrypt", 0)


def _count(answers: list[Answer]) -> Counter[int]:
    return Counter(answer.status for answer in answers)


def _proofs(scene: Scene, code: str, number: int) -> list[dict[str, str]]:
    return [{"challenge": challenge(scene), "code": code} for _ in range(number)]


def _left(person: Person) -> int:
    record = RecoveryCodes.find(f"{RecoveryCodes.PREFIX}{person.id}")
    return len(record.code_macs or ()) if record else 0


@rounds(ROUNDS)
def test_of_sixteen_times_one_code_in_as_many_challenges_one_begins_a_session(
    scene: Scene, service: Service, alice: Person, app: App, check: Check, unthrottled: None
) -> None:
    proofs, before = _proofs(scene, app.code(), 16), len(alice.sessions)

    answers = together([partial(service.prove_second_factor, **proof) for proof in proofs])

    assert _count(answers) == {200: 1, 401: 15}
    assert len(alice.sessions) == before + 1
    check()


@rounds(ROUNDS)
def test_of_sixteen_times_one_challenge_one_begins_a_session(
    scene: Scene, service: Service, alice: Person, app: App, check: Check, unthrottled: None
) -> None:
    (proof,), before = _proofs(scene, app.code(), 1), len(alice.sessions)

    answers = together([partial(service.prove_second_factor, **proof)] * 16)

    count = _count(answers)
    assert count[200] == 1
    assert set(count) <= {200, 401, 410}
    assert len(alice.sessions) == before + 1
    assert service.prove_second_factor(**proof).code == "challenge_invalid"
    check()


@rounds(ROUNDS)
def test_of_sixteen_times_one_recovery_code_one_begins_a_session(
    scene: Scene, service: Service, alice: Person, app: App, check: Check, unthrottled: None
) -> None:
    proofs, before = _proofs(scene, app.recovery_codes[0], 16), len(alice.sessions)

    answers = together([partial(service.prove_second_factor, **proof) for proof in proofs])

    assert _count(answers) == {200: 1, 401: 15}
    assert len(alice.sessions) == before + 1
    assert _left(alice) == 9
    check()


@rounds(ROUNDS)
def test_other_recovery_codes_at_once_are_each_used_by_whom_they_let_in(
    scene: Scene, service: Service, alice: Person, app: App, check: Check, unthrottled: None
) -> None:
    proofs = [
        {"challenge": challenge(scene), "code": code}
        for code in app.recovery_codes[:4]
        for _ in "ab"
    ]

    answers = together([partial(service.prove_second_factor, **proof) for proof in proofs])

    count = _count(answers)
    assert set(count) <= {200, 401, 503}
    assert 1 <= count[200] <= 4
    assert _left(alice) == 10 - count[200]
    check()


@rounds(ROUNDS)
def test_of_sixteen_wrong_codes_five_are_compared(
    scene: Scene, service: Service, app: App, check: Check, opened: list[bytes], unthrottled: None
) -> None:
    (proof,) = _proofs(scene, app.wrong_code(), 1)
    opened.clear()

    answers = together([partial(service.prove_second_factor, **proof)] * 16)

    assert _count(answers) == {401: 5, 410: 11}
    assert len(opened) == 5
    right = {**proof, "code": app.code()}
    assert service.prove_second_factor(**right).code == "challenge_invalid"
    check()


@rounds(ROUNDS)
def test_sixteen_challenges_at_once_give_no_more_tries_than_one(
    scene: Scene, service: Service, app: App, check: Check, opened: list[bytes]
) -> None:
    proofs = _proofs(scene, app.wrong_code(), 16)
    opened.clear()

    answers = together([partial(service.prove_second_factor, **proof) for proof in proofs])

    # five that are free, and the turn that begins the waits
    assert _count(answers) == {401: 6, 429: 10}
    assert len(opened) == 6
    check()


@rounds(ROUNDS)
def test_code_that_is_shown_in_two_places_at_once_counts_in_one(
    scene: Scene, service: Service, alice: Person, app: App, check: Check, unthrottled: None
) -> None:
    proofs, code = _proofs(scene, app.code(), 8), app.code()
    confirming = [partial(service.confirm_by_code, alice.token, code)] * 8

    answers = together(
        [*[partial(service.prove_second_factor, **proof) for proof in proofs], *confirming]
    )

    count = _count(answers)
    assert count[200] == 1
    assert set(count) <= {200, 401, 422, 429}
    check()


@rounds(ROUNDS)
def test_beginning_again_at_once_leaves_one_secret_that_waits(
    scene: Scene, service: Service, alice: Person, check: Check
) -> None:
    answers = together([partial(service.begin_totp, alice.token)] * 16)

    count = _count(answers)
    assert set(count) <= {201, 503}
    assert count[201] >= 1
    check()
    given = [App(answer.json["secret"]) for answer in answers if answer.status == 201]
    enabled = [service.enable_totp(alice.token, it.code()).status for it in given]
    assert enabled.count(200) == 1
    check()


@rounds(ROUNDS)
def test_no_recovery_code_outlives_the_new_set_that_is_made_at_once(
    scene: Scene, service: Service, alice: Person, app: App, check: Check, unthrottled: None
) -> None:
    proofs = [{"challenge": challenge(scene), "code": code} for code in app.recovery_codes[:8]]

    renewed, *answers = together(
        [
            partial(service.renew_recovery_codes, alice.token),
            *[partial(service.prove_second_factor, **proof) for proof in proofs],
        ]
    )

    assert renewed.status in (200, 503)
    assert {answer.status for answer in answers} <= {200, 401, 503}
    if renewed.status == 200:
        assert _left(alice) == 10
        for code in app.recovery_codes[:2]:
            assert service.confirm_by_code(alice.token, code).status == 422
    check()


@rounds(ROUNDS)
def test_of_two_sets_that_are_made_at_once_one_counts(
    service: Service, alice: Person, app: App, check: Check, unthrottled: None
) -> None:
    answers = together([partial(service.renew_recovery_codes, alice.token)] * 8)

    made = [answer.json["recovery_codes"] for answer in answers if answer.status == 200]
    works = [service.confirm_by_code(alice.token, codes[0]).status for codes in made]
    assert works.count(200) == 1
    assert _left(alice) == 9
    check()


@rounds(ROUNDS)
def test_app_that_is_disabled_at_once_leaves_nothing_behind(
    scene: Scene, service: Service, alice: Person, app: App, check: Check, unthrottled: None
) -> None:
    proofs = _proofs(scene, app.code(), 8)
    renewing = [partial(service.renew_recovery_codes, alice.token)] * 7

    disabled, *answers = together(
        [
            partial(service.disable_totp, alice.token),
            *[partial(service.prove_second_factor, **proof) for proof in proofs],
            *renewing,
        ]
    )

    assert disabled.status in (204, 503)
    assert {answer.status for answer in answers} <= {200, 401, 409, 410, 503}
    if disabled.status == 204:
        assert Totp.find(f"{Totp.PREFIX}{alice.id}") is None
        assert RecoveryCodes.find(f"{RecoveryCodes.PREFIX}{alice.id}") is None
        assert service.log_in(alice.email).status == 200
    check()


TAKES_AWAY: dict[str, Callable[[Service, Person], Answer]] = {
    "disabling": lambda service, alice: service.update_user(alice.id, status="disabled"),
    "another role": lambda service, alice: service.update_user(alice.id, role="methodist"),
    "deletion": lambda service, alice: service.delete_user(alice.id),
    "another password": lambda service, alice: service.change_password(
        alice.token, PASSWORD, NEW_PASSWORD
    ),
}


@rounds(ROUNDS)
@pytest.mark.parametrize("take_away", TAKES_AWAY.values(), ids=TAKES_AWAY)
def test_no_second_step_outlives_what_voids_it_at_once(  # noqa: PLR0917 - fixtures
    scene: Scene,
    service: Service,
    alice: Person,
    app: App,
    check: Check,
    take_away: Callable[[Service, Person], Answer],
    unthrottled: None,
) -> None:
    codes = [app.code(), *app.recovery_codes[:6]]
    proofs = [{"challenge": challenge(scene), "code": code} for code in codes]
    check()

    taken, *answers = together(
        [
            partial(take_away, service, alice),
            *[partial(service.prove_second_factor, **proof) for proof in proofs],
        ]
    )

    assert taken.status in (200, 503)
    assert {answer.status for answer in answers} <= {200, 401, 410, 503}
    check()
    if taken.status == 503:
        return
    for answer in answers:
        if answer.status == 200:
            assert service.who_am_i(answer.json["access_token"]).code == "session_ended"
    assert {session.session_id for session in alice.sessions} <= {alice.session_id}
    assert {service.prove_second_factor(**proof).status for proof in proofs} == {410}


@rounds(ROUNDS)
def test_two_accounts_do_not_wait_for_each_other(
    scene: Scene, service: Service, alice: Person, bob: Person, app: App, check: Check
) -> None:
    there = ground.Scene(service.api, bob, scene.administrator, service.back_end)
    bobs = there.app()
    ours = {"challenge": challenge(scene), "code": app.code()}
    theirs = {"challenge": there.challenge(), "code": bobs.code(+1)}

    answers = together([partial(service.prove_second_factor, **proof) for proof in (ours, theirs)])

    assert [answer.status for answer in answers] == [200, 200]
    assert {answer.json["user"]["id"] for answer in answers} == {alice.id, bob.id}
    check()
