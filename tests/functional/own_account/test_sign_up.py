"""POST /api/v1/public/users/sign_up: anybody may ask, and who reads the mail has the account."""

from collections.abc import Callable

import pytest

from accounts.access.waiting_sign_ups import MOST_WAITING
from accounts.credentials import one_time_tokens
from accounts.credentials.one_time_tokens import Kind
from accounts.errors import TooManyRequestsError
from accounts.storage import users
from accounts.storage.tables import OneTimeToken, User, UserEmail, WaitingSignUps
from accounts.storage.transactions import write
from tests.support import email_tokens, expansion
from tests.support.answers import Answer
from tests.support.api import Api
from tests.support.aws_calls import AwsCalls
from tests.support.clocks import Clock
from tests.support.deployment import Deployment
from tests.support.desk import BeforeWrite, Desk, events
from tests.support.logged import Log
from tests.support.people import Person
from tests.support.post_office import PostOffice
from tests.support.register import CONFIRM_EMAIL, LOG_IN, SELF_SIGN_UP

EMAIL = "nina@example.com"
PASSW = "violet umbrella 77"
KEY = f"sign_up#{EMAIL}"
Setting = Callable[..., None]


def sign_up(api: Api, email: str = EMAIL, passw: str = PASSW, **other: str) -> Answer:
    """Ask for an account."""
    body = {"email": email, "name": "Nina New", "passw": passw, **other}
    return api.call(*SELF_SIGN_UP.at(), json=body)


def confirm(api: Api, token: str, passw: str | None = PASSW) -> Answer:
    """Confirm the address, as who reads its mail."""
    proof = {"email_token": token} if passw is None else {"email_token": token, "passw": passw}
    return api.call(*CONFIRM_EMAIL.at(), json=proof)


def log_in(api: Api, email: str = EMAIL, passw: str = PASSW) -> Answer:
    """Sign in."""
    return api.call(*LOG_IN.at(), json={"email": email, "passw": passw})


def assert_gone(answer: Answer) -> None:
    """Be sure that the answer is that of all tokens that are no good."""
    assert (answer.status, answer.code) == (410, "email_token_invalid")


@pytest.fixture
def token(api: Api) -> str:
    """What was mailed to somebody who has signed up."""
    assert sign_up(api).status == 202
    return email_tokens.sign_up(EMAIL)


@pytest.fixture
def _closed(setting: Setting) -> None:
    """Let nobody sign themselves up."""
    setting(SELF_SIGN_UP="false")


def test_from_the_sign_up_by_the_mail_to_the_log_in(api: Api, post: PostOffice) -> None:
    answer = sign_up(api)
    assert answer.status == 202
    assert answer.json == {"success": True, "message": "A mail to this address says how to go on"}
    assert log_in(api).status == 401
    mail = post.deliver_one()
    assert mail.to == [EMAIL]

    confirmed = confirm(api, mail.secret("email_token"))

    assert confirmed.json == {"success": True, "message": "Email confirmed"}
    signed_in = log_in(api)
    assert signed_in.json["user"] | {"id": 0} == {
        "id": 0,
        "email": EMAIL,
        "name": "Nina New",
        "role": "read_only",
    }
    user = User.get(signed_in.json["user"]["id"])
    assert users.has_confirmed_email(user)
    assert user.kind == users.PERSON
    assert "user_created" in {event.what for event in events(user.id)}


@pytest.mark.parametrize("language", ["en", "ru"])
def test_language_is_that_of_the_mail_and_the_account(
    api: Api, post: PostOffice, language: str
) -> None:
    sign_up(api, language=language)
    mail = post.deliver_one()
    assert ("Здравствуйте" in mail.text) == (language == "ru")

    confirm(api, mail.secret("email_token"))

    user = users.find_by_email(EMAIL)
    assert user is not None
    assert user.language == language


def test_mail_says_nothing_that_a_stranger_has_chosen(api: Api, post: PostOffice) -> None:
    sign_up(api, name="Prizes at evil.example.net")

    mail = post.deliver_one()

    assert "Prizes" not in mail.text + mail.html + mail.subject
    assert len(mail.links) == 1


@pytest.mark.usefixtures("_closed")
def test_nobody_signs_up_where_it_is_off(api: Api, aws_calls: AwsCalls) -> None:
    aws_calls.forget()

    answer = sign_up(api)

    assert (answer.status, answer.code) == (403, "sign_up_closed")
    assert answer.json == {"error": "Forbidden", "message": "Sign-up is closed"}
    assert aws_calls.made == []


def test_who_waits_when_it_is_switched_off_goes_on_when_it_is_on_again(
    api: Api, token: str, setting: Setting, aws_calls: AwsCalls
) -> None:
    setting(SELF_SIGN_UP="false")
    aws_calls.forget()
    assert confirm(api, token).code == "sign_up_closed"
    assert aws_calls.made == []

    setting(SELF_SIGN_UP="true")

    assert confirm(api, token).status == 200


def test_it_is_off_unless_it_is_switched_on() -> None:
    assert expansion.expand()["Parameters"]["SelfSignUp"]["Default"] == "false"


def test_answer_and_work_are_the_same_for_every_address(
    api: Api, alice: Person, desk: Desk, bob: Person, aws_calls: AwsCalls
) -> None:
    desk.update(bob.id, status="disabled")
    answers, work = [], []
    for email in (EMAIL, alice.email, bob.email):
        aws_calls.forget()
        answer = sign_up(api, email)
        answers.append((answer.status, answer.text, sorted(answer.headers)))
        work.append([(call.operation, sorted(call.arguments)) for call in aws_calls.made])

    assert len({str(answer) for answer in answers}) == 1
    assert work[0] == work[1] == work[2]


def test_who_has_an_account_is_told_and_given_a_way_in(
    api: Api, alice: Person, desk: Desk, post: PostOffice
) -> None:
    before = alice.account.to_simple_dict()
    sign_up(api, "ALICE@Example.com", passw="chosen by a stranger")

    mail = post.deliver_one()

    assert mail.to == [alice.email]
    assert "Hello Alice," in mail.text
    assert "have an account" in mail.subject
    assert alice.account.to_simple_dict() == before
    assert log_in(api, alice.email, "chosen by a stranger").status == 401
    assert desk.set_password(mail.token, "my own again").status == 200


def test_who_cannot_be_let_in_is_told_and_given_none(
    api: Api, alice: Person, bob: Person, desk: Desk, post: PostOffice
) -> None:
    desk.update(bob.id, status="disabled")
    desk.move(alice.id, "elsewhere@example.org")
    post.deliver()

    for email in (alice.email, bob.email):
        sign_up(api, email)
        mail = post.deliver_one()
        assert mail.to == [email]
        assert mail.links == []
        assert "cannot be used" in mail.subject


def test_back_end_is_written_to_by_nobody(api: Api, desk: Desk, post: PostOffice) -> None:
    desk.service_token("shop@services.example.com")

    sign_up(api, "shop@services.example.com")

    assert post.deliver() == []


def test_mailbox_gets_three_mails_an_hour(api: Api, post: PostOffice, clock: Clock) -> None:
    for _ in range(5):
        sign_up(api)
    assert len(post.deliver()) == 3

    clock.advance(seconds=3600)
    sign_up(api)

    assert len(post.deliver()) == 1


def test_link_that_strangers_have_ordered_is_good_for_the_owners_own_sign_up(
    api: Api, post: PostOffice
) -> None:
    for stranger in range(3):
        sign_up(api.seen_from(f"198.51.100.{stranger}"), passw=f"a stranger's own {stranger}")
    mails = post.deliver()
    sign_up(api)
    assert post.deliver() == []

    assert confirm(api, mails[0].secret("email_token")).status == 200

    assert log_in(api).status == 200


def test_one_source_address_orders_so_many_mails_and_no_more(api: Api) -> None:
    answers = [sign_up(api, f"n{number}@example.com").status for number in range(101)]

    assert answers == [202] * 100 + [429]
    assert sign_up(api.seen_from("198.51.100.9")).status == 202


def test_budget_is_taken_before_the_hash(
    api: Api, aws_calls: AwsCalls, monkeypatch: pytest.MonkeyPatch
) -> None:
    def spent(_address: str) -> None:
        raise TooManyRequestsError

    monkeypatch.setattr("accounts.mail.limits.spend_source", spent)
    aws_calls.forget()

    assert sign_up(api).status == 429

    assert [call.operation for call in aws_calls.made] == []


def test_password_policy_is_that_of_everywhere(api: Api, stack: Deployment) -> None:
    for passw in ("sunshine1", "Nina.New!", "aaaaaaaaaa"):
        with stack.unchanged():
            answer = sign_up(api, passw=passw)
        assert answer.status == 422
        assert [detail["field"] for detail in answer.json["details"]] == ["passw"]


@pytest.mark.parametrize(
    ("typed", "typed_again"),
    [
        ("\u00e9cole buissonni\u00e8re", "e\u0301cole buissonnie\u0300re"),
        ("\N{GRINNING FACE}" * 64, "\N{GRINNING FACE}" * 64),
        ("nul\x00inside it", "nul\x00inside it"),
        (" spaces around ", " spaces around "),
    ],
    ids=["composed otherwise", "emoji", "NUL", "spaces"],
)
def test_password_of_any_characters_is_confirmed_and_opens(
    api: Api, typed: str, typed_again: str
) -> None:
    sign_up(api, passw=typed)

    assert confirm(api, email_tokens.sign_up(EMAIL), typed_again).status == 200

    assert log_in(api, passw=typed).status == 200


# confirming


def test_link_alone_confirms_nothing(api: Api, token: str, stack: Deployment) -> None:
    with stack.unchanged():
        answer = confirm(api, token, passw=None)

    assert answer.status == 422
    assert answer.json["message"] == "Required parameters missing"
    assert answer.json["details"] == [{"field": "passw", "message": "This field is required"}]


def test_password_that_a_stranger_chose_is_not_confirmed_by_the_owner(api: Api, token: str) -> None:
    answer = confirm(api, token, "the owner's own one")

    assert answer.status == 422
    assert answer.json["details"] == [
        {"field": "passw", "message": "This is not the password of the sign-up"}
    ]
    assert users.find_by_email(EMAIL) is None


def test_fifth_try_is_the_last(api: Api, token: str) -> None:
    for _ in range(4):
        assert confirm(api, token, "wrong password").status == 422
    assert confirm(api, token).status == 200


def test_after_five_wrong_passwords_the_right_one_is_of_no_use(
    api: Api, token: str, aws_calls: AwsCalls
) -> None:
    for _ in range(5):
        assert confirm(api, token, "wrong password").status == 422
    aws_calls.forget()

    assert_gone(confirm(api, token))

    assert "GenerateMac" not in {call.operation for call in aws_calls.made}
    # another mail is as good as ever
    assert confirm(api, email_tokens.sign_up(EMAIL)).status == 200


def test_try_is_counted_before_the_password_is_looked_at(
    api: Api, token: str, aws_calls: AwsCalls
) -> None:
    aws_calls.forget()

    confirm(api, token, "wrong password")

    operations = [call.operation for call in aws_calls.made]
    assert operations == ["GetItem", "GetItem", "UpdateItem", "GenerateMac"]


def test_token_works_once(api: Api, desk: Desk, token: str) -> None:
    assert confirm(api, token).status == 200
    assert_gone(confirm(api, token))

    user = users.find_by_email(EMAIL)
    assert user is not None
    assert desk.delete(user.id).status == 200

    assert_gone(confirm(api, token))


def test_token_ends_after_a_day(api: Api, token: str, clock: Clock, stack: Deployment) -> None:
    clock.advance(seconds=24 * 3600)

    with stack.unchanged():
        assert_gone(confirm(api, token))


def test_sign_up_ends_after_a_day_also_for_later_links(api: Api, clock: Clock) -> None:
    sign_up(api)
    clock.advance(seconds=24 * 3600)

    assert_gone(confirm(api, email_tokens.sign_up(EMAIL)))


def test_who_confirms_first_has_the_account_and_the_others_are_gone(api: Api) -> None:
    other = api.seen_from("198.51.100.9")
    sign_up(other, passw="somebody else's own", name="Somebody Else")
    sign_up(api)
    first, second = (email_tokens.sign_up(EMAIL) for _ in range(2))

    assert confirm(api, first).status == 200

    assert_gone(confirm(other, second, "somebody else's own"))
    user = users.find_by_email(EMAIL)
    assert user is not None
    assert user.name == "Nina New"
    assert log_in(api, passw="somebody else's own").status == 401
    assert WaitingSignUps.find(KEY) is None


TAKES: dict[str, Callable[[Desk, Person], Answer]] = {
    "a back-end's sign-up": lambda desk, _: desk.sign_up(EMAIL),
    "a change of address": lambda desk, alice: desk.move(alice.id, EMAIL),
    "a change away from it": lambda desk, alice: (
        desk.move(alice.id, EMAIL),
        desk.move(alice.id, "on@example.org"),
    )[1],
}


@pytest.mark.parametrize("take", TAKES.values(), ids=TAKES)
def test_address_that_was_taken_meanwhile_is_not_to_be_had(
    api: Api, desk: Desk, alice: Person, token: str, take: Callable[[Desk, Person], Answer]
) -> None:
    assert take(desk, alice).status in (200, 201)

    assert_gone(confirm(api, token))


@pytest.mark.parametrize("take", TAKES.values(), ids=TAKES)
def test_address_that_is_taken_at_the_same_moment_is_not_to_be_had(
    api: Api,
    desk: Desk,
    alice: Person,
    token: str,
    before_write: BeforeWrite,
    take: Callable[[Desk, Person], Answer],
) -> None:
    before_write(lambda: take(desk, alice))

    assert_gone(confirm(api, token))


def test_nothing_of_a_strangers_sign_up_is_left_when_the_owner_is_signed_up_otherwise(
    api: Api, desk: Desk, token: str
) -> None:
    user_id = desk.sign_up(EMAIL, passw="the owner's own one").json["id"]

    assert_gone(confirm(api, token))

    assert log_in(api).status == 401
    assert User.get(user_id).name == "Nina New"
    assert desk.delete(user_id).status == 200
    assert WaitingSignUps.find(KEY) is None


def test_who_waits_holds_the_address_against_nobody(api: Api, desk: Desk, alice: Person) -> None:
    sign_up(api)

    assert desk.move(alice.id, EMAIL).status == 200


def test_one_source_makes_nobody_else_go(api: Api) -> None:
    sign_up(api)
    stranger = api.seen_from("198.51.100.9")
    for number in range(3 * MOST_WAITING):
        sign_up(stranger, passw=f"a stranger's own {number}")

    assert confirm(api, email_tokens.sign_up(EMAIL)).status == 200


def test_at_most_so_many_wait_at_an_address(api: Api) -> None:
    for number in range(MOST_WAITING + 3):
        sign_up(api.seen_from(f"198.51.100.{number}"), passw=f"a stranger's own {number}")

    assert len(WaitingSignUps.get(KEY).people) == MOST_WAITING


def test_sign_up_beside_another_at_the_same_moment_loses_neither(
    api: Api, before_write: BeforeWrite
) -> None:
    before_write(lambda: sign_up(api, passw="somebody else's own"))

    sign_up(api)

    assert len(WaitingSignUps.get(KEY).people) == 2


def test_everything_is_done_by_one_transaction(api: Api, token: str, aws_calls: AwsCalls) -> None:
    aws_calls.forget()

    confirm(api, token)

    (call,) = [call for call in aws_calls.made if call.operation == "TransactWriteItems"]
    parts = [part for item in call.arguments["TransactItems"] for part in item.items()]
    tokens = OneTimeToken.Meta.table_name
    done = [(kind, part["TableName"]) for kind, part in parts]
    assert done.count(("Delete", tokens)) == 2
    assert done.count(("Put", User.Meta.table_name)) == 1
    assert done.count(("Put", UserEmail.Meta.table_name)) == 1


@pytest.mark.parametrize(
    "kind", [kind for kind in Kind if kind is not Kind.SIGN_UP], ids=lambda kind: kind.name
)
def test_token_of_another_kind_confirms_no_sign_up(
    api: Api, alice: Person, token: str, stack: Deployment, kind: Kind
) -> None:
    other = one_time_tokens.new(kind, alice.id, 60, epoch=0, email=EMAIL)
    write(other.kept)
    text = other.text.partition(".")[2]

    with stack.unchanged():
        assert_gone(confirm(api, f"{Kind.SIGN_UP}.{text}"))
        assert_gone(confirm(api, other.text))


def test_token_of_a_sign_up_is_of_no_use_elsewhere(
    api: Api, desk: Desk, token: str, stack: Deployment
) -> None:
    text = token.partition(".")[2]

    with stack.unchanged():
        for kind in (Kind.RESET, Kind.EMAIL_UNDO):
            assert desk.set_password(f"{kind}.{text}").status == 410
            assert desk.undo_email_change(f"{kind}.{text}").status == 410
        assert_gone(confirm(api, f"{Kind.EMAIL_CONFIRMATION}.{text}"))


SPELLINGS = ("NINA@Example.com", "Nina@EXAMPLE.COM")
OTHERS = ("n.ina@example.com", "nina+1@example.com", "nina@example.org")


@pytest.mark.parametrize("spelling", SPELLINGS)
def test_spellings_of_one_address_are_one(api: Api, token: str, spelling: str) -> None:
    sign_up(api, spelling, passw="somebody else's own")

    assert confirm(api, token, "somebody else's own").status == 200
    assert log_in(api, passw="somebody else's own").status == 200


def test_international_domain_is_one_address_in_both_forms(api: Api, post: PostOffice) -> None:
    sign_up(api, "Nina@EXÄMPLE.com")
    mail = post.deliver_one()
    assert mail.to == ["nina@xn--exmple-cua.com"]

    assert confirm(api, mail.secret("email_token")).status == 200

    assert log_in(api, "nina@xn--exmple-cua.com").status == 200


@pytest.mark.parametrize("other", OTHERS)
def test_dots_and_tags_make_another_address(api: Api, token: str, other: str) -> None:
    sign_up(api, other, passw="somebody else's own")

    assert confirm(api, token, "somebody else's own").status == 422


def test_what_waits_holds_no_password_and_log_no_address(
    api: Api, stack: Deployment, log: Log
) -> None:
    sign_up(api)

    assert PASSW not in str(stack.stored())
    assert EMAIL not in log.text
