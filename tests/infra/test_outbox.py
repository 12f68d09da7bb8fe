"""Mails end in an outbox, on the screen and on pages beside the API."""

import io
import json
from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import boto3
import pytest
from rich.console import Console
from werkzeug import Request, Response
from werkzeug.test import Client

from infra.local.mail import screen
from infra.local.mail.outbox import KEPT, Mail, Outbox
from infra.local.server import listen, serving
from infra.local.site import pages
from tests.support.deployment import Deployment
from tests.support.elements import Elements
from tests.support.register import (
    ANY_USERS,
    FORGET_PASSWORD,
    HEALTH,
    JWKS,
    LOG_IN,
)

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIEnvironment

ROUTE = ANY_USERS.key
LINK = "http://localhost:3000/account#reset_token=" + 20 * "token-"
MAIL = Mail(
    id="mail-1",
    sent_at=datetime(2026, 11, 23, 11, 30, tzinfo=UTC),
    sender="no-reply@example.com",
    recipients=("alice@example.com",),
    subject="Set a new password",
    text=f"Hello Alice,\n\nhere is the link.\n\n{LINK}\n",
    html=f'<!doctype html><p style="color:red">Hello Alice</p><a href="{LINK}">Here</a>',
)
HOSTILE = replace(
    MAIL,
    subject="</h2><script>alert(1)</script>",
    recipients=('"><script>alert(2)</script>@example.com',),
    text="</pre><script>alert(3)</script>",
    html="</iframe>\"'><script>alert(4)</script><img src=x onerror=alert(5)>",
)


class FakeApi:
    """An API that answers as told and remembers what it was asked."""

    def __init__(self) -> None:
        self.asked: list[tuple[str, str, str | None, bytes]] = []
        self.status = 200

    def __call__(
        self, environ: "WSGIEnvironment", start_response: "StartResponse"
    ) -> Iterable[bytes]:
        request = Request(environ)
        authorization = request.headers.get("authorization")
        self.asked.append((request.method, request.path, authorization, request.get_data()))
        answer = Response('{"message":"so be it"}', self.status, mimetype="application/json")
        return answer(environ, start_response)


@pytest.fixture
def api() -> FakeApi:
    return FakeApi()


@pytest.fixture
def browser(api: FakeApi, outbox: Outbox) -> Iterator[Client]:
    with serving(api, listen(0)):
        yield Client(pages.beside(api, outbox, [ROUTE]))


def _send(sender: str) -> None:
    boto3.client("sesv2").send_email(
        FromEmailAddress=sender,
        Destination={
            "ToAddresses": ["alice@example.com"],
            "CcAddresses": ["bob@example.com"],
            "BccAddresses": ["carol@example.com"],
        },
        Content={
            "Simple": {
                "Subject": {"Data": "Привет"},
                "Body": {"Text": {"Data": "as text"}, "Html": {"Data": "<p>as a letter</p>"}},
            }
        },
    )


@pytest.mark.usefixtures("aws_url")
def test_mail_that_ses_accepts_is_in_the_outbox(outbox: Outbox) -> None:
    began = datetime.now(UTC)
    boto3.client("sesv2").create_email_identity(EmailIdentity="verified@example.com")

    _send("verified@example.com")

    (mail,) = outbox.mails()
    assert began <= mail.sent_at <= datetime.now(UTC)
    assert mail.id
    assert replace(mail, id="", sent_at=began) == Mail(
        id="",
        sent_at=began,
        sender="verified@example.com",
        recipients=("alice@example.com", "bob@example.com", "carol@example.com"),
        subject="Привет",
        text="as text",
        html="<p>as a letter</p>",
    )


@pytest.mark.usefixtures("aws_url")
def test_mail_that_ses_refuses_is_not(outbox: Outbox) -> None:
    ses = boto3.client("sesv2")

    with pytest.raises(ses.exceptions.MessageRejected):
        _send("stranger@example.com")

    assert outbox.mails() == ()


@pytest.mark.usefixtures("aws_url")
def test_mail_without_html_has_none(outbox: Outbox) -> None:
    ses = boto3.client("sesv2")
    ses.create_email_identity(EmailIdentity="verified@example.com")

    ses.send_email(
        FromEmailAddress="verified@example.com",
        Destination={"ToAddresses": ["alice@example.com"]},
        Content={"Simple": {"Subject": {"Data": "S"}, "Body": {"Text": {"Data": "T"}}}},
    )

    assert [(mail.text, mail.html) for mail in outbox.mails()] == [("T", "")]


@pytest.mark.usefixtures("aws_url")
def test_mail_that_cannot_be_shown_is_at_least_told_of(
    outbox: Outbox, caplog: pytest.LogCaptureFixture
) -> None:
    ses = boto3.client("sesv2")
    ses.create_email_identity(EmailIdentity="verified@example.com")

    ses.send_email(
        FromEmailAddress="verified@example.com",
        Destination={"ToAddresses": ["alice@example.com"]},
        Content={"Raw": {"Data": b"From: verified@example.com\n\nhello"}},
    )

    assert outbox.mails() == ()
    assert "cannot show" in caplog.text


def test_outbox_keeps_the_latest_newest_first() -> None:
    told: list[Mail] = []
    outbox = Outbox(told.append)

    for number in range(KEPT + 1):
        outbox.add(replace(MAIL, id=str(number)))

    assert [mail.id for mail in outbox.mails()] == [str(number) for number in range(KEPT, 0, -1)]
    assert len(told) == KEPT + 1


def test_scripts_get_the_mails_as_json(browser: Client, outbox: Outbox) -> None:
    outbox.add(MAIL)

    answer = browser.get("/_local/outbox.json")

    assert answer.content_type == "application/json"
    assert answer.json == {
        "mails": [
            {
                "id": "mail-1",
                "sent_at": "2026-11-23T11:30:00+00:00",
                "from": "no-reply@example.com",
                "to": ["alice@example.com"],
                "subject": MAIL.subject,
                "text": MAIL.text,
                "html": MAIL.html,
            }
        ]
    }


def test_scripts_get_the_mails_to_one_address_newest_first(browser: Client, outbox: Outbox) -> None:
    outbox.add(MAIL)
    outbox.add(replace(MAIL, id="mail-2", recipients=("bob@example.com",)))
    outbox.add(replace(MAIL, id="mail-3"))

    answer = browser.get("/_local/outbox.json?to=alice@example.com")

    assert [mail["id"] for mail in json.loads(answer.text)["mails"]] == ["mail-3", "mail-1"]


def test_page_shows_the_letter_in_a_frame_that_can_do_nothing(
    browser: Client, outbox: Outbox
) -> None:
    outbox.add(MAIL)

    page = Elements(browser.get("/_local/outbox").text)

    (frame,) = page.of("iframe")
    assert frame["sandbox"] == "allow-popups allow-popups-to-escape-sandbox"
    assert frame["srcdoc"] == "<base target=_blank>" + MAIL.html
    assert frame["title"] == MAIL.subject


def test_link_in_the_text_version_can_be_followed(browser: Client, outbox: Outbox) -> None:
    outbox.add(MAIL)

    page = Elements(browser.get("/_local/outbox").text)

    link = {"href": LINK, "rel": "noopener", "target": "_blank"}
    assert link in page.of("a")


def test_no_markup_of_a_mail_becomes_the_pages(browser: Client, outbox: Outbox) -> None:
    outbox.add(MAIL)
    before = Elements(browser.get("/_local/outbox").text)
    outbox.add(HOSTILE)

    page = Elements(browser.get("/_local/outbox").text)

    assert page.of("script") == before.of("script")
    assert page.of("img") == []
    assert page.of("iframe")[0]["srcdoc"] == "<base target=_blank>" + HOSTILE.html


def test_page_lists_the_newest_mail_first_and_open(browser: Client, outbox: Outbox) -> None:
    outbox.add(replace(MAIL, id="old"))
    outbox.add(replace(MAIL, id="new"))

    page = Elements(browser.get("/_local/outbox").text)

    shown = [(mail["id"], "open" in mail) for mail in page.of("details")]
    assert shown == [("mail-new", True), ("mail-old", False)]


def test_page_without_mails_says_how_to_get_one(browser: Client) -> None:
    page = browser.get("/_local/outbox", base_url="http://localhost:3000").text

    assert "No mail yet" in page
    assert f"curl -X POST http://localhost:3000{FORGET_PASSWORD.path}" in page


def test_etag_tells_whether_the_page_shows_everything(browser: Client, outbox: Outbox) -> None:
    outbox.add(MAIL)
    shown = Elements(browser.get("/_local/outbox").text).of("div")[0]["data-version"]

    before = browser.head("/_local/outbox").headers["etag"]
    outbox.add(replace(MAIL, id="mail-2"))
    after = browser.head("/_local/outbox").headers["etag"]

    assert (before, after) == (f'"{shown}"', '"mail-2"')


@pytest.mark.parametrize("path", [pages.FOLDER, pages.OUTBOX, pages.OUTBOX_JSON])
def test_pages_are_guarded(browser: Client, path: str) -> None:
    headers = browser.get(path).headers

    policy = headers["content-security-policy"]
    assert policy.startswith("default-src 'none'; script-src 'self';")
    assert "frame-ancestors 'none'" in policy
    assert headers["cache-control"] == "no-store"
    assert headers["referrer-policy"] == "no-referrer"
    assert headers["x-content-type-options"] == "nosniff"


@pytest.mark.parametrize(("path", "count"), [(pages.FOLDER, 2), (pages.OUTBOX, 3)])
def test_pages_load_only_what_is_there(browser: Client, path: str, count: int) -> None:
    page = Elements(browser.get(path).text)

    loaded = [link["href"] for link in page.of("link")]
    loaded += [script["src"] for script in page.of("script")]

    assert len(loaded) == count
    for address in loaded:
        with browser.get(str(address)) as answer:
            assert (address, answer.status_code) == (address, 200)


@pytest.mark.parametrize("host", ["rebound.example", "localhost.rebound.example", "[::2]", "[", ""])
def test_host_that_is_not_this_machine_sees_nothing(
    browser: Client, outbox: Outbox, host: str
) -> None:
    outbox.add(MAIL)

    answer = browser.get("/_local/outbox.json", headers={"Host": f"{host}:3000"})

    assert answer.status_code == 400
    assert LINK not in answer.text


@pytest.mark.parametrize("host", ["localhost", "127.0.0.1", "[::1]"])
def test_every_spelling_of_this_machine_sees_the_mails(
    browser: Client, outbox: Outbox, host: str
) -> None:
    outbox.add(MAIL)

    answer = browser.get("/_local/outbox.json", headers={"Host": f"{host}:3000"})

    assert answer.json is not None
    assert [mail["id"] for mail in answer.json["mails"]] == [MAIL.id]


@pytest.mark.parametrize(
    "path", ["/", "/account", "/x", HEALTH.path, "/_locale", "/x/_local/outbox"]
)
def test_everything_else_goes_to_the_api(browser: Client, api: FakeApi, path: str) -> None:
    browser.get(path)

    assert [asked[:2] for asked in api.asked] == [("GET", path)]


def test_pages_hide_no_route_of_the_api(stack: Deployment) -> None:
    paths = [route.path for function in stack.functions for route in function.routes]

    assert LOG_IN.path in paths
    assert [path for path in paths if path.startswith(pages.FOLDER)] == []


@pytest.mark.parametrize("path", ["/_local", "/_local/", "/_local?from=elsewhere"])
def test_first_page_says_what_is_there(browser: Client, api: FakeApi, path: str) -> None:
    answer = browser.get(path)

    assert answer.status_code == 200
    addresses = {link["href"] for link in Elements(answer.text).of("a")}
    ours = {pages.OUTBOX, pages.EVENTS}
    assert addresses == {*ours, "/account", "/console", HEALTH.path, JWKS.path}
    assert ROUTE in answer.text
    assert api.asked == []


def test_screen_shows_the_text_with_its_link_in_one_piece() -> None:
    printed = io.StringIO()

    screen.show(Console(file=printed, width=40, highlight=False), MAIL)

    lines = printed.getvalue().splitlines()
    assert lines == [
        "",
        "  │ Mail to alice@example.com",
        "  │ Set a new password",
        "  │ ",
        "  │ Hello Alice,",
        "  │ ",
        "  │ here is the link.",
        "  │ ",
        f"  │ {LINK}",
        "",
    ]


def test_mail_cannot_command_the_terminal() -> None:
    printed = io.StringIO()
    mail = replace(MAIL, subject="\x1b]0;owned\x07 [red]S[/]", text="a\x1b[2Jb\rc")

    screen.show(Console(file=printed, force_terminal=False), mail)

    assert "\x1b" not in printed.getvalue()
    assert "\N{REPLACEMENT CHARACTER}]0;owned" in printed.getvalue()
    assert "[red]S[/]" in printed.getvalue()
