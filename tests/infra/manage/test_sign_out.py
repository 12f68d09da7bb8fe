"""What an operator sees of sessions, and how they end."""

import pytest

from tests.infra.manage.conftest import Manage
from tests.support.api import Api
from tests.support.deployment import Deployment
from tests.support.people import Person
from tests.support.register import ANY_USERS, LOG_IN


def _is_signed_in(api: Api, person: Person) -> bool:
    return api.call(*ANY_USERS.at(), token=person.token).status == 200


def test_list_has_the_accounts_sessions_and_no_others(
    manage: Manage, alice: Person, bob: Person
) -> None:
    phone = alice.sign_in()

    ended = manage("list-sessions", alice.email)

    titles, *rows = ended.out.splitlines()
    assert titles.startswith("SESSION ")
    assert {row.split()[0] for row in rows} == {alice.session_id, phone.session_id}


def test_list_shows_what_a_device_calls_itself_without_obeying_it(
    manage: Manage, api: Api, alice: Person
) -> None:
    api.call(
        *LOG_IN.at(),
        json=dict(alice.credentials),
        headers={"User-Agent": "\x1b]0;x\x07 curl/8.1"},
    )

    ended = manage("list-sessions", str(alice.id))

    assert "curl" in ended.out
    assert "\x1b" not in ended.out


def test_account_without_sessions_is_told(manage: Manage, alice: Person) -> None:
    manage("end-sessions", alice.email)

    ended = manage("list-sessions", alice.email)

    assert (ended.code, ended.out) == (0, "")
    assert "signed in nowhere" in ended.err


def test_all_sessions_end_at_once(manage: Manage, api: Api, alice: Person, bob: Person) -> None:
    phone = alice.sign_in()

    ended = manage("end-sessions", alice.email)

    assert (ended.code, ended.err) == (0, "2 sessions ended.\n")
    assert not _is_signed_in(api, alice)
    assert not _is_signed_in(api, phone)
    assert _is_signed_in(api, bob)


def test_one_session_ends_alone(manage: Manage, api: Api, alice: Person) -> None:
    phone = alice.sign_in()

    ended = manage("end-sessions", alice.email, phone.session_id)

    assert (ended.code, ended.err) == (0, "1 session ended.\n")
    assert _is_signed_in(api, alice)
    assert not _is_signed_in(api, phone)


@pytest.mark.parametrize("session_id", ["-cdefghijklmnopqrstuvw", "--local_klmnopqrstuvwx"])
def test_session_whose_id_looks_like_an_option_ends(
    manage: Manage, alice: Person, monkeypatch: pytest.MonkeyPatch, session_id: str
) -> None:
    with monkeypatch.context() as patched:
        patched.setattr("accounts.access.sessions.secrets.token_urlsafe", lambda _bytes: session_id)
        alice.sign_in()

    assert session_id in manage("list-sessions", alice.email).out
    ended = manage("end-sessions", alice.email, session_id)

    assert (ended.code, ended.err) == (0, "1 session ended.\n")
    assert [session.session_id for session in alice.sessions] == [alice.session_id]


def test_session_of_somebody_else_is_not_found(
    manage: Manage, stack: Deployment, alice: Person, bob: Person
) -> None:
    with stack.unchanged():
        ended = manage("end-sessions", alice.email, bob.session_id)

    assert ended.code == 1
    assert f"list-sessions {alice.id}" in ended.err


@pytest.mark.parametrize("whom", ["12", "nobody@example.com", "0", "99999999999999999", "Alice"])
def test_unknown_account_is_told(manage: Manage, whom: str) -> None:
    ended = manage("list-sessions", whom)

    assert (ended.code, ended.out) == (1, "")
    assert whom in ended.err
