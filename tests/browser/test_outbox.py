"""The outbox, used as a person does: a mail comes, and its link is followed."""

from collections.abc import Mapping
from typing import TYPE_CHECKING

import pytest

from tests.support.register import FORGET_PASSWORD
from tests.support.running import Service

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


def test_link_in_the_letter_leads_to_the_page_that_it_is_for(
    outbox: "Page", service: Service, credentials: Mapping[str, str]
) -> None:
    _forget(service, credentials["email"])

    page = _follow(outbox, credentials["email"], "Set a new password")

    # which has taken the token out of the address
    page.wait_for_url(f"{service.origin}/account/new-password")
    page.get_by_label("New password").wait_for()
