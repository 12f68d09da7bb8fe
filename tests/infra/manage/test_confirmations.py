"""What an operator does about addresses that are not confirmed."""

import boto3
import pytest

from accounts.errors import UserExistsError
from accounts.storage import users
from accounts.storage.tables import User, WaitingSignUps
from infra.manage import confirmations
from infra.manage.problems import RefusedError
from tests.infra.manage.conftest import Manage, events_of
from tests.support import email_tokens
from tests.support.api import Api
from tests.support.aws_calls import AwsCalls
from tests.support.clocks import Clock
from tests.support.deployment import Deployment
from tests.support.people import Person
from tests.support.post_office import PostOffice
from tests.support.register import ANY_USERS, CONFIRM_EMAIL, LOG_IN, SELF_SIGN_UP, SET_NEW_PASSWORD

EMAIL = "nina@example.com"
PASSWORD = "correct horse battery staple"
KEY = f"sign_up#{EMAIL}"


@pytest.fixture
def nina(alice: Person) -> Person:
    """Somebody signed in whose address is not confirmed."""
    alice.account.update([User.email_unconfirmed.set(True)])
    return alice.sign_in()


@pytest.fixture
def waiting(api: Api) -> str:
    """The address of somebody who has signed up."""
    _sign_up(api)
    return EMAIL


def _sign_up(api: Api, **other: str) -> None:
    body = {"email": EMAIL, "name": "Nina New", "passw": PASSWORD, **other}
    assert api.call(*SELF_SIGN_UP.at(), json=body).status == 202


@pytest.fixture
def post(stack: Deployment, aws_calls: AwsCalls) -> PostOffice:
    """The queue of mails."""
    return PostOffice(stack, aws_calls, boto3.client("sqs"))


def _ordered(post: PostOffice) -> str:
    (message,) = post.waiting()
    return str(message["Body"])


def test_nobody_is_listed_where_every_address_is_confirmed(manage: Manage, alice: Person) -> None:
    ended = manage("list-unconfirmed")

    assert (ended.code, ended.out) == (0, "")
    assert "Every address is confirmed." in ended.err


def test_accounts_and_sign_ups_are_listed(
    manage: Manage, nina: Person, api: Api, waiting: str
) -> None:
    _sign_up(api, name="Nina Other")

    lines = manage("list-unconfirmed").out.splitlines()

    assert lines[0].split() == ["ADDRESS", "NAME", "ACCOUNT", "SINCE", "WAITS", "UNTIL"]
    (account,) = (line for line in lines if nina.email in line)
    assert str(nina.id) in account
    assert [("Nina New" in line, "Nina Other" in line) for line in lines if waiting in line] == [
        (True, False),
        (False, True),
    ]


def test_sign_up_at_an_address_that_has_an_account_is_not_listed(
    manage: Manage, api: Api, alice: Person
) -> None:
    _sign_up(api, email=alice.email)

    assert alice.email not in manage("list-unconfirmed").out


def test_who_waited_too_long_is_not_listed(manage: Manage, waiting: str, clock: Clock) -> None:
    clock.advance(seconds=24 * 3600)

    assert waiting not in manage("list-unconfirmed").out


@pytest.mark.parametrize("by", ["id", "email"])
def test_address_of_an_account_is_confirmed_by_hand(
    manage: Manage, api: Api, nina: Person, by: str
) -> None:
    ended = manage("confirm-email", str(getattr(nina, by)))

    assert ended.code == 0
    assert users.has_confirmed_email(nina.account)
    assert api.call(*ANY_USERS.at(), token=nina.token).json["email_confirmed"] is True
    event = next(event for event in events_of(nina.id) if event.what == "email_confirmed")
    assert event.operator


def test_sign_up_that_is_confirmed_by_hand_has_no_password_of_anybodys(
    manage: Manage, api: Api, waiting: str
) -> None:
    link = manage("confirm-email", waiting).result

    log_in = {"email": EMAIL, "passw": PASSWORD}
    assert api.call(*LOG_IN.at(), json=log_in).status == 401
    assert WaitingSignUps.find(KEY) is None
    reset_token = link.partition("#reset_token=")[2]
    body = {"reset_token": reset_token, "passw": "the owner's own one"}
    assert api.call(*SET_NEW_PASSWORD.at(), json=body).status == 200
    signed_in = api.call(*LOG_IN.at(), json={"email": EMAIL, "passw": "the owner's own one"})
    assert signed_in.json["user"]["name"] == "Nina New"
    assert signed_in.json["user"]["role"] == "read_only"


def test_link_that_was_mailed_before_confirms_nothing_after_that(
    manage: Manage, api: Api, waiting: str
) -> None:
    token = email_tokens.sign_up(EMAIL)
    manage("confirm-email", waiting)

    answer = api.call(*CONFIRM_EMAIL.at(), json={"email_token": token, "passw": PASSWORD})

    assert answer.status == 410


@pytest.mark.parametrize("command", ["confirm-email", "resend-confirmation"])
@pytest.mark.parametrize(
    ("whom", "complaint"),
    [
        ("bob@example.com", "The address of bob@example.com is confirmed."),
        ("nobody@example.com", "nobody waits to confirm it"),
        ("4711", "4711 is no e-mail address"),
        ("nobody", "nobody is no e-mail address"),
    ],
)
def test_what_is_not_waiting_is_refused(
    manage: Manage, stack: Deployment, bob: Person, command: str, whom: str, complaint: str
) -> None:
    with stack.unchanged():
        ended = manage(command, whom)

    assert (ended.code, ended.out) == (1, "")
    assert complaint in ended.err


def test_address_that_is_taken_at_that_moment_is_refused(
    waiting: str, monkeypatch: pytest.MonkeyPatch, alice: Person
) -> None:
    monkeypatch.setattr("accounts.storage.users.find_by_email", lambda _: None)

    def taken(*_: object) -> None:
        raise UserExistsError

    monkeypatch.setattr("accounts.access.new_accounts.create", taken)

    with pytest.raises(RefusedError, match="has an account by now"):
        confirmations.confirm(waiting)


def test_mail_of_an_account_is_ordered_again(
    manage: Manage, nina: Person, post: PostOffice
) -> None:
    ended = manage("resend-confirmation", nina.email)

    assert ended.code == 0
    order = _ordered(post)
    assert '"account_created"' in order
    assert nina.email in ended.err
    # which the order names
    event = next(event for event in events_of(nina.id) if event.what == "confirmation_resent")
    assert event.event_id in order


def test_mail_of_a_sign_up_is_ordered_again(manage: Manage, api: Api, post: PostOffice) -> None:
    _sign_up(api, language="ru")
    post.lose()

    assert manage("resend-confirmation", EMAIL).code == 0

    order = _ordered(post)
    assert '"sign_up"' in order
    assert '"ru"' in order
