"""POST /api/v1/public/users/login/send_code: one answer for all, and the code comes by mail."""

import json
from collections.abc import Callable, Mapping
from urllib.parse import parse_qsl, urlsplit

import pytest

from accounts.storage.tables import OneTimeToken, User
from tests.support.answers import Answer
from tests.support.aws_calls import AwsCalls
from tests.support.clocks import Clock
from tests.support.deployment import Deployment
from tests.support.faults import refusal
from tests.support.logged import Log
from tests.support.people import Person
from tests.support.post_office import DEAD_LETTERS, RESET_PAGE, Mail, PostOffice
from tests.support.register import (
    CHANGE_PASSWORD,
    LOG_IN_WITH_CODE,
    SEND_LOG_IN_CODE,
    UPDATE_USER,
)
from tests.support.scene import Scene

UNKNOWN = "nobody@example.com"
BACK_END = "web-back-end@services.example.com"
LIFE_SECONDS = 600


def _ask(scene: Scene, email: str) -> Answer:
    return SEND_LOG_IN_CODE.call(scene, json={"email": email})


def _code(mail: Mail) -> str:
    """Return the code that the text of the mail tells."""
    (line,) = [line for line in mail.text.splitlines() if line.startswith("The code for this is ")]
    return line.removeprefix("The code for this is ").removesuffix(".")


def _linked(mail: Mail) -> Mapping[str, str]:
    """Return what a page reads off the link."""
    link = urlsplit(mail.link)
    assert link._replace(fragment="").geturl() == RESET_PAGE
    return dict(parse_qsl(link.fragment))


def _log_in(scene: Scene, challenge: str, code: str) -> Answer:
    return LOG_IN_WITH_CODE.call(scene, json={"challenge": challenge, "code": code})


def test_the_mailed_code_logs_in_where_it_was_asked_for(
    scene: Scene, post: PostOffice, alice: Person
) -> None:
    asked = _ask(scene, "Alice@EXAMPLE.com")
    mail = post.deliver_one()

    assert (asked.status, list(asked.json), asked.json["expires_in"]) == (
        202,
        ["challenge", "expires_in"],
        LIFE_SECONDS,
    )
    assert mail.to == [alice.email]
    assert mail.subject == "Sign in to Users"
    assert len(_code(mail)) == 8
    answer = _log_in(scene, asked.json["challenge"], _code(mail))
    assert (answer.status, answer.json["user"]["id"]) == (200, alice.id)


def test_the_link_logs_in_on_another_device(scene: Scene, post: PostOffice, alice: Person) -> None:
    asked = _ask(scene, alice.email)
    fields = _linked(post.deliver_one())

    assert fields["challenge"] != asked.json["challenge"]
    answer = LOG_IN_WITH_CODE.call(scene, json=fields)
    assert (answer.status, answer.json["user"]["id"]) == (200, alice.id)


@pytest.mark.parametrize("by_link_first", [True, False], ids=["link first", "code first"])
def test_a_mail_lets_in_once_by_its_code_or_by_its_link(
    scene: Scene, post: PostOffice, alice: Person, *, by_link_first: bool
) -> None:
    asked = _ask(scene, alice.email)
    mail = post.deliver_one()
    ways = [_linked(mail), {"challenge": asked.json["challenge"], "code": _code(mail)}]
    first, second = ways if by_link_first else ways[::-1]

    assert LOG_IN_WITH_CODE.call(scene, json=first).status == 200
    assert LOG_IN_WITH_CODE.call(scene, json=second).code == "challenge_invalid"


def test_known_unknown_and_disabled_are_answered_alike(
    scene: Scene, post: PostOffice, alice: Person, bob: Person
) -> None:
    bob.account.update([User.status.set("disabled")])

    answers = [_ask(scene, email) for email in (alice.email, bob.email, UNKNOWN, BACK_END)]

    assert {answer.status for answer in answers} == {202}
    texts = {answer.text.replace(answer.json["challenge"], "") for answer in answers}
    assert len(texts) == 1


def test_nobody_is_looked_up_and_the_challenge_is_the_same_for_all(
    scene: Scene, post: PostOffice, aws_calls: AwsCalls, alice: Person, clock: Clock
) -> None:
    for email in (alice.email, UNKNOWN):
        aws_calls.forget()
        _ask(scene, email)

        assert aws_calls.operations == ["UpdateItem", "TransactWriteItems", "SendMessage"]

    kept = [item.attribute_values for item in OneTimeToken.scan()]
    assert [set(values) for values in kept] == [{"token", "expires_at"}] * 2
    assert {values["expires_at"] for values in kept} == {kept[0]["expires_at"]}


def test_nothing_that_opens_anything_waits_on_the_queue(
    scene: Scene, post: PostOffice, alice: Person
) -> None:
    answer = _ask(scene, alice.email)

    (message,) = post.waiting()
    order = json.loads(message["Body"])
    assert answer.json["challenge"] not in message["Body"]
    assert set(order) == {"kind", "email", "ordered_at", "id", "request_id", "challenge"}


def test_the_table_tells_neither_code_nor_challenge(
    scene: Scene, post: PostOffice, stack: Deployment, alice: Person
) -> None:
    asked = _ask(scene, alice.email)
    mail = post.deliver_one()

    stored = str(stack.stored())
    secrets = (asked.json["challenge"], _code(mail), _linked(mail)["challenge"])
    assert [s for s in secrets if s in stored or s.removeprefix("lc.") in stored] == []


def test_nothing_is_mailed_to_nobody_to_the_disabled_and_to_back_ends(
    scene: Scene, post: PostOffice, alice: Person, log: Log
) -> None:
    alice.account.update([User.status.set("disabled")])
    for email in (alice.email, UNKNOWN, BACK_END):
        _ask(scene, email)

    assert post.deliver() == []
    assert post.waiting() == []
    assert [line["outcome"] for line in log.named("mail")] == ["nobody"] * 3


def test_the_code_works_as_long_as_the_mail_says(
    scene: Scene, post: PostOffice, clock: Clock, alice: Person
) -> None:
    asked = [_ask(scene, alice.email).json["challenge"] for _ in range(2)]
    mails = post.deliver()

    assert "for 10 minutes" in mails[0].text
    clock.advance(seconds=LIFE_SECONDS - 1)
    assert _log_in(scene, asked[0], _code(mails[0])).status == 200
    clock.advance(seconds=1)
    assert _log_in(scene, asked[1], _code(mails[1])).code == "challenge_invalid"
    assert LOG_IN_WITH_CODE.call(scene, json=_linked(mails[1])).code == "challenge_invalid"


def test_an_order_that_took_longer_than_the_code_lives_is_void(
    scene: Scene, post: PostOffice, clock: Clock, alice: Person, log: Log
) -> None:
    _ask(scene, alice.email)
    clock.advance(seconds=LIFE_SECONDS)

    assert post.deliver() == []
    assert [line["outcome"] for line in log.named("mail")] == ["void"]

    # nor does it keep another back
    for _ in range(3):
        _ask(scene, alice.email)
    assert len(post.deliver()) == 3


def test_three_codes_in_ten_minutes_are_all_that_a_mailbox_gets(
    scene: Scene, post: PostOffice, clock: Clock, alice: Person, bob: Person
) -> None:
    sent = []
    for _ in range(6):
        for _ in range(2):
            _ask(scene, alice.email)
        sent.append(len(post.deliver()))
        clock.advance(seconds=LIFE_SECONDS // 3)
    _ask(scene, bob.email)

    assert sent == [2, 1, 0, 2, 1, 0]
    assert post.deliver_one().to == [bob.email]


def test_while_a_mail_is_withheld_a_link_that_works_is_in_the_mailbox(
    scene: Scene, post: PostOffice, alice: Person
) -> None:
    # a stranger asks, and spends all tries
    for _ in range(4):
        asked = _ask(scene, alice.email)
        for _ in range(6):
            _log_in(scene, asked.json["challenge"], "00000000")
    mails = post.deliver()
    assert len(mails) == 3

    assert LOG_IN_WITH_CODE.call(scene, json=_linked(mails[0])).status == 200


def test_a_code_that_was_used_keeps_no_mail_back(
    scene: Scene, post: PostOffice, alice: Person
) -> None:
    for _ in range(3):
        _ask(scene, alice.email)
    mails = post.deliver()
    assert LOG_IN_WITH_CODE.call(scene, json=_linked(mails[1])).status == 200

    _ask(scene, alice.email)

    assert LOG_IN_WITH_CODE.call(scene, json=_linked(post.deliver_one())).status == 200


def test_codes_that_a_change_of_password_voided_keep_no_mail_back(
    scene: Scene, post: PostOffice, alice: Person
) -> None:
    for _ in range(3):
        _ask(scene, alice.email)
    post.deliver()
    assert CHANGE_PASSWORD.call(scene).status == 200
    post.deliver()

    _ask(scene, alice.email)

    assert LOG_IN_WITH_CODE.call(scene, json=_linked(post.deliver_one())).status == 200


def test_a_mail_that_never_left_keeps_no_mail_back(
    scene: Scene, post: PostOffice, alice: Person
) -> None:
    for _ in range(3):
        _ask(scene, alice.email)
    post.faults = [refusal("MessageRejected")] * 15
    for _ in range(6):
        assert post.deliver() == []
    assert len(post.waiting(DEAD_LETTERS)) == 3

    asked = _ask(scene, alice.email)

    code = _code(post.deliver_one())
    assert _log_in(scene, asked.json["challenge"], code).status == 200


def test_a_mail_that_was_tried_again_has_a_code_that_works(
    scene: Scene, post: PostOffice, alice: Person
) -> None:
    asked = _ask(scene, alice.email)
    post.faults = [refusal("MessageRejected")]
    assert post.deliver() == []

    code = _code(post.deliver_one())

    assert _log_in(scene, asked.json["challenge"], code).status == 200


def test_the_code_goes_where_the_account_gets_its_mail_when_it_is_sent(
    scene: Scene, post: PostOffice, alice: Person
) -> None:
    _ask(scene, alice.email)
    alice.account.update([User.email.set("moved@example.org")])

    assert post.deliver() == []


def test_the_mail_is_in_the_persons_language(scene: Scene, post: PostOffice, alice: Person) -> None:
    alice.account.update([User.language.set("ru")])
    _ask(scene, alice.email)

    mail = post.deliver_one()

    assert mail.subject == "Вход в Users"
    assert '<html lang="ru">' in mail.html
    code = _linked(mail)["code"]
    assert f"Код для входа: {code}." in mail.text
    assert f"Код для входа: {code}." in mail.html


def test_where_codes_are_off_nothing_is_asked_of_aws(
    scene: Scene, aws_calls: AwsCalls, setting: Callable[..., None], alice: Person
) -> None:
    setting(EMAIL_CODES="false")
    aws_calls.forget()

    answer = _ask(scene, alice.email)

    assert (answer.status, answer.code) == (403, "email_codes_off")
    assert answer.json == {"error": "Forbidden", "message": "Codes by e-mail are switched off"}
    assert aws_calls.made == []


def test_an_invited_person_who_has_no_password_yet_gets_a_code(
    scene: Scene, post: PostOffice, alice: Person
) -> None:
    alice.account.update([User.password_hash.remove(), User.password_changed_at.remove()])
    _ask(scene, alice.email)

    assert LOG_IN_WITH_CODE.call(scene, json=_linked(post.deliver_one())).status == 200


def test_a_role_given_meanwhile_voids_the_code(
    scene: Scene, post: PostOffice, alice: Person
) -> None:
    _ask(scene, alice.email)
    fields = _linked(post.deliver_one())
    assert UPDATE_USER.call(scene, json={"role": "methodist"}).status == 200

    assert LOG_IN_WITH_CODE.call(scene, json=fields).code == "challenge_invalid"
