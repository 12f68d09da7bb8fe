"""What an operator does to people's accounts."""

import pytest
from botocore.exceptions import NoCredentialsError

from accounts import settings
from accounts.access import roles
from accounts.credentials import reset_tokens
from accounts.storage import users
from accounts.storage.tables import Role, User
from tests.infra.manage.conftest import Manage, events_of
from tests.support.api import Api
from tests.support.clocks import Clock
from tests.support.deployment import Deployment
from tests.support.filed_factors import on_file, put_on_file
from tests.support.people import Person
from tests.support.register import ANY_USERS, LOG_IN, RESET_PASSWORD, SHOW_AUDIT

PASSWORD = "correct horse battery staple"


def _set_password(api: Api, back_end: str, link: str) -> int:
    token = link.partition("#reset_token=")[2]
    body = {"reset_token": token, "passw": PASSWORD}
    return api.call(*RESET_PASSWORD.at(), token=back_end, json=body).status


def _log_in(api: Api, email: str, passw: str = PASSWORD) -> int:
    return api.call(*LOG_IN.at(), json={"email": email, "passw": passw}).status


def test_new_administrator_has_no_password(manage: Manage) -> None:
    ended = manage("create-administrator", "Olga@Example.com", "--name", "Olga")

    assert ended.code == 0
    olga = users.find_by_email("olga@example.com")
    assert olga is not None
    assert (olga.name, olga.role) == ("Olga", roles.ADMINISTRATOR)
    assert not olga.password_hash


def test_link_lets_the_administrator_in_once(manage: Manage, api: Api, web_backend: str) -> None:
    link = manage("create-administrator", "olga@example.com", "--name", "Olga").result

    assert link.startswith(settings.mail().reset_page_url + "#")
    assert _set_password(api, web_backend, link) == 200
    assert _set_password(api, web_backend, link) == 410
    answer = api.call(*LOG_IN.at(), json={"email": "olga@example.com", "passw": PASSWORD})
    assert answer.json["user"]["role"] == roles.ADMINISTRATOR


def test_link_of_a_new_administrator_lives_as_long_as_an_invitation(
    manage: Manage, api: Api, web_backend: str, clock: Clock
) -> None:
    link = manage("create-administrator", "olga@example.com", "--name", "Olga").result

    clock.advance(seconds=settings.current().invitation_seconds)

    assert _set_password(api, web_backend, link) == 410


def test_nobodys_request_voids_the_link_of_a_new_administrator(
    manage: Manage, api: Api, web_backend: str
) -> None:
    link = manage("create-administrator", "olga@example.com", "--name", "Olga").result
    olga = users.find_by_email("olga@example.com")
    assert olga is not None

    # what the mail does that anybody may ask for
    reset_tokens.issue(olga, settings.current().reset_token_seconds)

    assert _set_password(api, web_backend, link) == 200


def test_new_administrator_is_counted(manage: Manage, admin: Person) -> None:
    manage("create-administrator", "olga@example.com", "--name", "Olga")

    assert manage("disable", admin.email).code == 0


def test_email_that_is_taken_is_refused_with_what_to_do(
    manage: Manage, stack: Deployment, alice: Person
) -> None:
    with stack.unchanged():
        ended = manage("create-administrator", alice.email, "--name", "Olga")

    assert (ended.code, ended.out) == (1, "")
    assert f"reset-link {alice.email}" in ended.err


@pytest.mark.parametrize(
    ("email", "name", "complaint"),
    [
        ("olga@nowhere", "Olga", "olga@nowhere is no e-mail address"),
        ("olga\x1b[2J@example.com", "Olga", "is no e-mail address"),
        ("olga@example.com", " ", "--name must be readable"),
        ("olga@example.com", "Ol\nga", "--name must be readable"),
        ("olga@example.com", "\udcff", "--name must be readable"),
        ("olga@example.com", "O" * 101, "--name must be readable"),
    ],
)
def test_what_cannot_be_used_is_refused(
    manage: Manage, email: str, name: str, complaint: str
) -> None:
    ended = manage("create-administrator", email, "--name", name)

    assert (ended.code, ended.out) == (1, "")
    assert complaint in ended.err
    assert "\x1b" not in ended.err


def test_reset_link_sets_a_new_password(
    manage: Manage, api: Api, web_backend: str, alice: Person
) -> None:
    earlier = manage("reset-link", alice.email).result
    link = manage("reset-link", alice.email.upper()).result

    assert _set_password(api, web_backend, link) == 200
    assert _set_password(api, web_backend, earlier) == 410
    assert _log_in(api, alice.email) == 200


def test_reset_link_lives_as_long_as_a_reset_token(
    manage: Manage, api: Api, web_backend: str, alice: Person, clock: Clock
) -> None:
    link = manage("reset-link", alice.email).result

    clock.advance(seconds=settings.current().reset_token_seconds)

    assert _set_password(api, web_backend, link) == 410


def test_reset_link_of_an_unknown_account_is_refused(manage: Manage) -> None:
    ended = manage("reset-link", "nobody@example.com")

    assert (ended.code, ended.out) == (1, "")
    assert "There is no account nobody@example.com" in ended.err


def test_reset_link_of_a_back_end_is_refused(manage: Manage) -> None:
    manage("issue-service-token", "shop@example.com", "--name", "Shop")

    ended = manage("reset-link", "shop@example.com")

    assert (ended.code, ended.out) == (1, "")
    assert "shop@example.com is a back-end" in ended.err


def test_reset_link_of_a_disabled_account_is_refused(manage: Manage, alice: Person) -> None:
    manage("disable", alice.email)

    ended = manage("reset-link", alice.email)

    assert (ended.code, ended.out) == (1, "")
    assert f"enable {alice.id}" in ended.err


def test_missing_reset_page_is_told(manage: Manage, alice: Person) -> None:
    assert settings.mail().reset_page_url == "https://example.com/reset"

    assert "ResetPageUrl" in manage("reset-link", alice.email).err


@pytest.mark.parametrize("by", ["email", "id"])
def test_disabled_account_is_out_at_once(manage: Manage, api: Api, alice: Person, by: str) -> None:
    ended = manage("disable", str(getattr(alice, by)))

    assert ended.code == 0
    who_am_i = api.call(*ANY_USERS.at(), token=alice.token)
    assert who_am_i.status == 401
    assert _log_in(api, alice.email, alice.passw) == 401


def test_enabled_account_gets_in_again(manage: Manage, api: Api, alice: Person) -> None:
    manage("disable", alice.email)

    ended = manage("enable", alice.email)

    assert ended.code == 0
    assert _log_in(api, alice.email, alice.passw) == 200


def test_status_that_an_account_has_already_is_no_change(
    manage: Manage, stack: Deployment, alice: Person
) -> None:
    with stack.unchanged():
        ended = manage("enable", alice.email)

    assert (ended.code, ended.err) == (0, f"{alice.email} is active already.\n")


def test_last_administrator_cannot_be_disabled(
    manage: Manage, stack: Deployment, admin: Person
) -> None:
    with stack.unchanged():
        ended = manage("disable", admin.email)

    assert ended.code == 1
    assert "create-administrator" in ended.err


@pytest.mark.parametrize(
    ("command", "expected"),
    [
        (("create-administrator", "olga@example.com", "--name", "Olga"), "user_created"),
        (("reset-link", "alice@example.com"), "reset_token_issued"),
        (("disable", "alice@example.com"), "user_updated"),
        (("end-sessions", "alice@example.com"), "sessions_ended"),
        (("issue-service-token", "shop@example.com", "--name", "Shop"), "service_token_issued"),
    ],
)
def test_what_is_done_is_recorded_without_an_actor(
    manage: Manage, alice: Person, command: tuple[str, ...], expected: str
) -> None:
    manage(*command)

    user = users.find_by_email(command[1])
    assert isinstance(user, User)
    recorded = {event.what: event for event in events_of(user.id)}
    event = recorded[expected]
    assert not event.actor_id
    assert not event.ip_address


def test_administrators_see_which_operator_it_was(
    manage: Manage, api: Api, alice: Person, admin: Person
) -> None:
    manage("disable", alice.email)

    trail = api.call(*SHOW_AUDIT.at(user_id=alice.id), token=admin.token)
    (told,) = [event for event in trail.json["events"] if event["what"] == "user_updated"]
    assert told["operator"].startswith("arn:aws:")
    assert told["request_id"].startswith("manage-")
    assert "actor_id" not in told


def test_what_aws_knows_no_operator_of_is_not_done(
    manage: Manage, alice: Person, stack: Deployment, monkeypatch: pytest.MonkeyPatch
) -> None:
    def unknown(_service: str) -> object:
        raise NoCredentialsError

    monkeypatch.setattr("infra.manage.operating.boto3.client", unknown)

    with stack.unchanged():
        ended = manage("disable", alice.email)

    assert ended.code == 1
    assert "AWS_PROFILE" in ended.err


def test_second_factors_of_who_has_lost_them_are_removed(manage: Manage, alice: Person) -> None:
    put_on_file(alice.id)

    ended = manage("reset-second-factors", alice.email)

    assert ended.code == 0
    assert "totp, recovery_code, passkey removed" in ended.err
    assert on_file(alice.id) == []
    assert alice.sessions == []


def test_trail_says_who_broke_the_glass(manage: Manage, alice: Person) -> None:
    put_on_file(alice.id)

    manage("reset-second-factors", str(alice.id))

    (event,) = events_of(alice.id)
    assert event.what == "second_factors_reset"
    assert event.operator.startswith("arn:aws:")
    assert event.details == {
        "second_factors": ["totp", "recovery_code", "passkey"],
        "break_glass": "yes",
    }


def test_last_administrator_who_has_lost_every_factor_gets_back_in(
    manage: Manage, admin: Person
) -> None:
    Role.get("administrator").update([Role.second_factor.set(True)])
    put_on_file(admin.id)

    assert manage("reset-second-factors", admin.email).code == 0

    answer = admin.api.call(*LOG_IN.at(), json=admin.credentials)
    assert (answer.status, answer.json["second_factor_required"]) == (200, True)


def test_where_there_is_no_factor_nothing_is_done(
    manage: Manage, stack: Deployment, alice: Person
) -> None:
    with stack.unchanged():
        ended = manage("reset-second-factors", alice.email)

    assert ended.code == 0
    assert "has no second factor" in ended.err


@pytest.mark.parametrize("whom", ["nobody@example.com", "17"])
def test_factors_of_nobody_are_not_found(manage: Manage, whom: str) -> None:
    ended = manage("reset-second-factors", whom)

    assert (ended.code, ended.out) == (1, "")
    assert f"There is no account {whom}" in ended.err


def test_sessions_are_listed_with_the_second_factors(manage: Manage, alice: Person) -> None:
    assert "Second factors: none." in manage("list-sessions", alice.email).err

    put_on_file(alice.id, passkeys=0)

    assert "Second factors: totp, recovery_code." in manage("list-sessions", alice.email).err
