"""What protects an account, on the pages: app, recovery codes, passkeys, and a recent proof."""

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.support.account_pages import SIGN_IN, App, fill_in, set_up_app
from tests.support.looks import EVERY_LOOK
from tests.support.passkey_devices import PasskeyDevice
from tests.support.register import BEGIN_TOTP
from tests.support.running import Service
from tests.support.visits import Visits, heading, want_proof_once

if TYPE_CHECKING:
    from playwright.sync_api import Page

pytestmark = [pytest.mark.browser, pytest.mark.looks(*EVERY_LOOK)]


@pytest.fixture
def security(visit: Visits, credentials: Mapping[str, str]) -> "Page":
    """The person's page about it."""
    page = visit("/account/security", person=credentials)
    heading(page, "Security")
    return page


def _add_app(security: "Page") -> App:
    security.get_by_role("link", name="Set up an app").click()
    heading(security, "Set up an authenticator app")
    app = set_up_app(security)
    security.get_by_role("button", name="I have kept them").click()
    heading(security, "The app is set up")
    security.get_by_role("link", name="Go on").click()
    heading(security, "Security")
    return app


def test_app_is_set_up_by_its_picture_its_link_or_its_key(security: "Page") -> None:
    security.get_by_role("link", name="Set up an app").click()

    picture = security.get_by_role("img", name="QR code for the app")
    picture.wait_for()
    assert picture.evaluate("image => image.decode().then(() => image.naturalWidth)") > 0
    link = security.get_by_role("link", name="Open the app on this device")
    assert (link.get_attribute("href") or "").startswith("otpauth://totp/")
    code = security.get_by_label("The six digits that the app shows now")
    assert code.get_attribute("autocomplete") == "one-time-code"
    code.fill("000000")
    security.get_by_role("button", name="Turn it on").click()
    security.locator(".fault").wait_for()
    # the same key is still there to be typed
    set_up_app(security)


def test_recovery_codes_are_copied_and_downloaded(security: "Page") -> None:
    security.context.grant_permissions(["clipboard-read", "clipboard-write"])
    security.get_by_role("link", name="Set up an app").click()
    codes = set_up_app(security).recovery_codes

    security.get_by_role("button", name="Copy").click()
    security.get_by_role("status").get_by_text("Copied").wait_for()
    with security.expect_download() as download:
        security.get_by_role("button", name="Download").click()

    assert len(codes) == 10
    for text in (
        security.evaluate("navigator.clipboard.readText()"),
        Path(download.value.path()).read_text(),
    ):
        assert [line for line in text.splitlines() if line in codes] == codes


def test_print_shows_the_codes_and_no_buttons(security: "Page") -> None:
    security.get_by_role("link", name="Set up an app").click()
    set_up_app(security)

    security.emulate_media(media="print")

    assert security.get_by_role("list", name="Recovery codes").is_visible()
    assert security.get_by_role("button").count() == 0


def test_new_recovery_codes_are_others(security: "Page") -> None:
    before = _add_app(security).recovery_codes

    security.get_by_role("link", name="Make new codes").click()
    security.get_by_role("button", name="Make new codes").click()

    heading(security, "Keep your recovery codes")
    listed = security.get_by_role("list", name="Recovery codes").get_by_role("listitem")
    assert not set(before) & set(listed.all_inner_texts())


def test_app_is_turned_off_once_that_is_confirmed(
    visit: Visits, security: "Page", credentials: Mapping[str, str]
) -> None:
    _add_app(security)

    security.get_by_role("button", name="Turn it off").click()
    dialog = security.get_by_role("dialog", name="Turn the app off?")
    dialog.get_by_text("It is your last second factor").wait_for()
    dialog.get_by_role("button", name="Turn it off").click()

    security.get_by_role("status").get_by_text("The app is turned off.").wait_for()
    page = visit(SIGN_IN)
    fill_in(page, credentials)
    heading(page, "Your account")


def test_passkey_is_added_renamed_and_removed(security: "Page") -> None:
    device = PasskeyDevice(security)
    security.get_by_role("link", name="Add a passkey").click()
    security.get_by_label("Name of the passkey").fill("Work laptop")
    security.get_by_role("button", name="Add a passkey").click()
    heading(security, "Keep your recovery codes")
    security.get_by_role("button", name="I have kept them").click()
    security.get_by_text("Work laptop signs you in from now on.").wait_for()
    security.get_by_role("link", name="Go on").click()
    assert len(device.credentials()) == 1

    security.get_by_role("button", name="Rename Work laptop").click()
    security.get_by_role("dialog").get_by_label("Name of the passkey").fill("<b>Phone</b>")
    security.get_by_role("dialog").get_by_role("button", name="Save").click()
    security.get_by_text("It is called <b>Phone</b> now.").wait_for()

    security.get_by_role("button", name="Remove <b>Phone</b>").click()
    dialog = security.get_by_role("dialog", name="Remove <b>Phone</b>?")
    dialog.get_by_role("button", name="Remove").click()
    security.get_by_text("<b>Phone</b> is removed.").wait_for()
    assert security.get_by_role("button", name="Rename").count() == 0


def test_passkey_that_nobody_confirms_is_said(security: "Page") -> None:
    device = PasskeyDevice(security, isUserVerified=False)
    security.get_by_role("link", name="Add a passkey").click()

    security.get_by_role("button", name="Add a passkey").click()

    security.get_by_role("alert").get_by_text("The passkey was not used.").wait_for()
    assert device.credentials() == []


def test_recent_proof_is_asked_for_and_the_act_goes_on(
    security: "Page", credentials: Mapping[str, str]
) -> None:
    want_proof_once(security, *BEGIN_TOTP.at())

    security.get_by_role("link", name="Set up an app").click()
    dialog = security.get_by_role("dialog", name="Confirm that it is you")
    dialog.get_by_label("Password", exact=True).fill("wrong_string")
    dialog.get_by_role("button", name="Confirm").click()
    dialog.locator(".fault").wait_for()
    dialog.get_by_label("Password", exact=True).fill(credentials["passw"])
    dialog.get_by_role("button", name="Confirm").click()

    security.get_by_role("img", name="QR code for the app").wait_for()


def test_whoever_gives_no_proof_is_back_where_they_were(security: "Page", service: Service) -> None:
    want_proof_once(security, *BEGIN_TOTP.at())

    security.get_by_role("link", name="Set up an app").click()
    security.get_by_role("dialog").wait_for()
    security.keyboard.press("Escape")

    heading(security, "Security")
    assert security.url == f"{service.origin}/account/security"


def test_proof_is_the_second_factor_where_there_is_one(security: "Page") -> None:
    app = _add_app(security)
    want_proof_once(security, *BEGIN_TOTP.at())

    security.get_by_role("link", name="Move to another app").click()
    dialog = security.get_by_role("dialog", name="Confirm that it is you")
    dialog.get_by_label("Code of your app, or a recovery code").fill(app.code())
    dialog.get_by_role("button", name="Confirm").click()

    security.get_by_role("img", name="QR code for the app").wait_for()
