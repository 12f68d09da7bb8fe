"""The pages beside the API, used as a person does: a mail comes, and its link is followed."""

import json
import urllib.request
from collections.abc import Mapping
from typing import TYPE_CHECKING

import pytest

from tests.browser.conftest import Service
from tests.support.register import FORGET_PASSWORD
from tests.support.tabs import Tab

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
    request = urllib.request.Request(  # noqa: S310 - the address is our own
        service.origin + FORGET_PASSWORD.path,
        data=json.dumps({"email": email}).encode(),
        headers={"Content-Type": "application/json"},
    )
    with urllib.request.urlopen(request, timeout=30) as answer:  # noqa: S310 - as above
        assert answer.status == 202


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
    mail = outbox.locator("details", has_text=f"to {credentials['email']}")
    letter = mail.frame_locator("iframe")

    with outbox.context.expect_page() as opened:
        letter.get_by_role("link", name="Set a new password").click()
    page = opened.value
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


def test_address_without_a_token_is_told_what_it_lacks(
    profile: "BrowserContext", service: Service
) -> None:
    page = profile.new_page()
    page.goto(f"{service.origin}/_local/reset")

    page.get_by_label("New password").fill("a much longer one")
    page.get_by_role("button").click()

    page.get_by_role("status").get_by_text("reset_token: This field is required").wait_for()
