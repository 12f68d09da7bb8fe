"""The pages beside the API, used as a person does: a mail comes, and its link is followed."""

import secrets
from collections.abc import Mapping
from typing import TYPE_CHECKING
from urllib.parse import urlencode

import pytest

from tests.support.register import (
    ANY_USERS,
    FORGET_PASSWORD,
    LIST_USERS,
    SELF_SIGN_UP,
    SEND_LOG_IN_CODE,
    UPDATE_USER,
)
from tests.support.running import Service
from tests.support.tabs import BY_COOKIE, Tab

if TYPE_CHECKING:
    from playwright.sync_api import BrowserContext, Page

pytestmark = pytest.mark.browser

MAIL_MILLISECONDS = 20_000


@pytest.fixture
def outbox(profile: "BrowserContext", service: Service) -> "Page":
    page = profile.new_page()
    page.set_default_timeout(MAIL_MILLISECONDS)
    page.goto(f"{service.origin}/_local/outbox")
    return page


def _forget(service: Service, email: str) -> None:
    service.call(*FORGET_PASSWORD.at(), body={"email": email})


def _follow(outbox: "Page", email: str, link: str) -> "Page":
    """Follow the link in the letter to this address, once that is there."""
    mail = outbox.locator("details", has_text=f"to {email} ")
    mail.wait_for()
    # another test's mail, come late, must not push the link away from under the click
    outbox.evaluate("Object.defineProperty(document, 'hidden', {value: true})")
    if mail.get_attribute("open") is None:
        mail.locator("summary").click()
    with outbox.context.expect_page() as opened:
        mail.frame_locator("iframe").get_by_role("link", name=link).click()
    return opened.value


def test_new_mail_appears_and_leaves_the_others_as_they_are(
    outbox: "Page", service: Service, credentials: Mapping[str, str]
) -> None:
    mine = outbox.locator("details", has_text=f"to {credentials['email']}")
    _forget(service, credentials["email"])
    mine.first.wait_for()
    outbox.locator("summary", has_text=credentials["email"]).click()
    assert mine.first.get_attribute("open") is None

    _forget(service, credentials["email"])
    mine.nth(1).wait_for()

    assert mine.nth(0).get_attribute("open") is not None
    assert mine.nth(1).get_attribute("open") is None


def test_link_in_the_letter_leads_to_a_new_password(
    outbox: "Page", service: Service, credentials: Mapping[str, str], tab: Tab
) -> None:
    _forget(service, credentials["email"])
    page = _follow(outbox, credentials["email"], "Set a new password")
    answer = page.get_by_role("status")
    page.get_by_label("New password").fill("short")
    page.get_by_role("button").click()
    answer.get_by_text("passw: Must be at least 8 characters").wait_for()
    page.get_by_label("New password").fill("a much longer one")
    page.get_by_role("button").click()
    answer.get_by_text("Password updated").wait_for()
    page.get_by_label("New password").fill("and another one")
    page.get_by_role("button").click()

    answer.get_by_text("Reset token is invalid or has expired").wait_for()
    assert tab.log_in(credentials).status == 401
    assert tab.log_in({**credentials, "passw": "a much longer one"}).status == 200


@pytest.fixture
def moving(outbox: "Page", service: Service, credentials: Mapping[str, str]) -> str:
    """The address that the person's account is about to have, with the mails to both shown."""
    email = f"new-{credentials['email']}"
    query = urlencode({"email": credentials["email"]})
    listed = service.call("GET", f"{LIST_USERS.path}?{query}", service.administrator_token)
    user_id = listed["users"][0]["id"]
    service.call(*UPDATE_USER.at(user_id=user_id), service.administrator_token, {"email": email})
    for address in (email, credentials["email"]):
        outbox.locator("details", has_text=f"to {address} ").wait_for()
    return email


def test_link_in_the_letter_confirms_the_new_address_once_the_button_is_pressed(
    outbox: "Page", credentials: Mapping[str, str], moving: str, tab: Tab
) -> None:
    page = _follow(outbox, moving, "Confirm the address")
    page.get_by_role("button", name="Confirm address").wait_for()
    before = tab.log_in(credentials).status

    page.get_by_role("button").click()

    page.get_by_role("status").get_by_text("Email confirmed").wait_for()
    assert before == 200
    assert tab.log_in({**credentials, "email": moving}).status == 200


def test_link_in_the_letter_keeps_the_old_address_and_leads_to_a_new_password(
    outbox: "Page", credentials: Mapping[str, str], moving: str, tab: Tab
) -> None:
    page = _follow(outbox, credentials["email"], "Keep this address")
    page.get_by_role("button", name="Keep address").click()
    page.get_by_role("status").get_by_text("Email restored").wait_for()

    page.get_by_label("New password").fill("a much longer one")
    page.get_by_role("button", name="Set password").click()

    page.get_by_role("status").get_by_text("Password updated").wait_for()
    assert tab.log_in({**credentials, "passw": "a much longer one"}).status == 200


def test_link_in_the_letter_confirms_a_sign_up_with_its_password(
    outbox: "Page", service: Service, tab: Tab
) -> None:
    person = {"email": f"{secrets.token_hex(8)}@example.com", "passw": "a password of my own"}
    service.call(*SELF_SIGN_UP.at(), body={**person, "name": "Newcomer"})
    page = _follow(outbox, person["email"], "Confirm the address")

    page.get_by_role("button").click()
    page.get_by_label("Password that you signed up with").fill("another password")
    page.get_by_role("button").click()
    page.get_by_role("status").get_by_text("passw: ").wait_for()
    page.get_by_label("Password that you signed up with").fill(person["passw"])
    page.get_by_role("button").click()

    page.get_by_role("status").get_by_text("Email confirmed").wait_for()
    assert tab.log_in(person).status == 200


def test_link_in_the_letter_signs_the_browser_in_once_the_button_is_pressed(
    outbox: "Page", service: Service, credentials: Mapping[str, str], tab: Tab
) -> None:
    service.call(*SEND_LOG_IN_CODE.at(), body={"email": credentials["email"]})
    page = _follow(outbox, credentials["email"], "Sign in")
    page.get_by_role("button").wait_for()
    before = page.context.cookies()

    page.get_by_role("button").click()

    page.get_by_role("status").get_by_text(f"Signed in as {credentials['email']}").wait_for()
    assert before == []
    who = tab.fetch(*ANY_USERS.at(), headers=BY_COOKIE)
    assert who.json["email"] == credentials["email"]


def test_address_without_a_token_is_told_what_it_lacks(
    profile: "BrowserContext", service: Service
) -> None:
    page = profile.new_page()
    page.goto(f"{service.origin}/_local/reset")

    page.get_by_label("New password").fill("a much longer one")
    page.get_by_role("button").click()

    page.get_by_role("status").get_by_text("reset_token: This field is required").wait_for()
