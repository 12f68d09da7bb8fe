"""One's own account on the pages: devices, profile, password, data, and the end of it."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.support.account_pages import fill_in
from tests.support.looks import AT_A_DESK, EVERY_LOOK, Look
from tests.support.register import ANY_USERS, END_OTHER_SEANCES, LOG_IN
from tests.support.running import Service
from tests.support.visits import PHONE, Visits, heading, overflow

if TYPE_CHECKING:
    from playwright.sync_api import Page

pytestmark = [pytest.mark.browser, pytest.mark.looks(*EVERY_LOOK)]
NEW_PASSWORD = "another_string"


def _open(visit: Visits, person: Mapping[str, str], path: str, title: str) -> "Page":
    page = visit(path, person=person)
    heading(page, title)
    return page


def test_device_is_signed_out_and_said_to_be(visit: Visits, credentials: Mapping[str, str]) -> None:
    other = _open(visit, credentials, "/account", "Your account")
    page = _open(visit, credentials, "/account/devices", "Devices")

    devices = page.get_by_role("main").get_by_role("listitem")
    devices.nth(1).wait_for()
    assert page.get_by_text("This device", exact=True).count() == 1
    devices.get_by_role("button").click()

    page.get_by_role("status").get_by_text("is signed out.").wait_for()
    page.get_by_text("You are signed in on this device only.").wait_for()
    # whoever sits there signs in again and comes back
    other.get_by_role("link", name="Profile").click()
    other.get_by_text("You were signed out.").wait_for()
    fill_in(other, credentials)
    heading(other, "Profile")


def test_all_other_devices_are_signed_out_once_that_is_confirmed(
    visit: Visits, service: Service, credentials: Mapping[str, str], look: Look
) -> None:
    for _ in range(2):
        service.call(*LOG_IN.at(), body=credentials)
    page = _open(visit, credentials, "/account/devices", "Devices")

    page.get_by_role("button", name="Sign out all other devices").click()
    dialog = page.get_by_role("dialog", name="Sign out all other devices?")
    dialog.get_by_text("2 devices have to sign in again.").wait_for()
    page.keyboard.press("Escape")
    assert dialog.count() == 0
    focused = page.evaluate("document.activeElement.textContent")
    assert focused == look.say("Sign out all other devices")
    page.keyboard.press("Enter")
    dialog.get_by_role("button", name="Sign out all other devices").click()

    page.get_by_text("2 devices are signed out.").wait_for()


def test_sign_out_in_one_tab_shows_in_the_other(
    visit: Visits, credentials: Mapping[str, str]
) -> None:
    page = _open(visit, credentials, "/account/profile", "Profile")
    other = visit("/account", beside=page)
    heading(other, "Your account")

    other.get_by_role("button", name="Sign out").click()

    page.get_by_text("You were signed out. Sign in to go on where you were.").wait_for()
    fill_in(page, credentials)
    heading(page, "Profile")


def test_what_was_typed_is_there_after_signing_in_again(
    visit: Visits, service: Service, credentials: Mapping[str, str]
) -> None:
    page = _open(visit, credentials, "/account/profile", "Profile")
    elsewhere = service.call(*LOG_IN.at(), body=credentials)["access_token"]
    page.get_by_label("Name").fill("Anna Maria")
    service.call(*END_OTHER_SEANCES.at(), elsewhere)

    page.get_by_role("button", name="Save").click()
    page.get_by_text("You were signed out.").wait_for()
    fill_in(page, credentials)

    heading(page, "Profile")
    assert page.get_by_label("Name").input_value() == "Anna Maria"


def test_console_is_shown_to_those_whom_it_has_something_for(
    visit: Visits, service: Service, credentials: Mapping[str, str]
) -> None:
    person = _open(visit, credentials, "/account", "Your account")
    administrator = _open(visit, service.administrator, "/account", "Your account")

    assert administrator.get_by_role("link", name="Console").is_visible()
    assert person.get_by_role("link", name="Console").count() == 0


@pytest.mark.looks(AT_A_DESK)
def test_name_and_language_are_saved_and_spoken(
    visit: Visits, service: Service, credentials: Mapping[str, str]
) -> None:
    page = _open(visit, credentials, "/account/profile", "Profile")

    page.get_by_label("Name").fill("Анна Петрова")
    page.get_by_label("Language").select_option("ru")
    page.get_by_role("button", name="Save").click()

    page.get_by_role("status").get_by_text("Сохранено.").wait_for()
    assert page.get_by_label("Имя").input_value() == "Анна Петрова"
    # also in a browser that speaks English
    other = visit("/account", person=credentials)
    heading(other, "Ваша учётная запись")


@pytest.mark.looks(AT_A_DESK)
@pytest.mark.parametrize(
    "name",
    [
        "<img src=x onerror=alert(1)>",
        "';alert(1);//",
        "{{7*7}} ${7*7} <%= 7*7 %>",
        "Ы" * 100,
        "W" * 100,
    ],
)
def test_names_are_text(
    visit: Visits, service: Service, credentials: Mapping[str, str], name: str
) -> None:
    token = service.call(*LOG_IN.at(), body=credentials)["access_token"]
    service.call("PATCH", ANY_USERS.path, token, {"name": name})

    page = visit("/account", person=credentials, width=PHONE)
    heading(page, "Your account")

    assert page.get_by_text(name, exact=True).is_visible()
    assert page.locator("main img").count() == 0
    assert overflow(page) == 0


def test_password_is_changed_and_others_are_signed_out(
    visit: Visits, service: Service, credentials: Mapping[str, str]
) -> None:
    page = _open(visit, credentials, "/account/password", "Change your password")

    page.get_by_label("Present password").fill("wrong_string")
    page.get_by_label("New password").fill(NEW_PASSWORD)
    page.get_by_role("button", name="Save the password").click()
    page.locator(".fault").wait_for()
    assert page.evaluate("document.activeElement.name") == "current_passw"
    page.get_by_label("Present password").fill(credentials["passw"])
    page.get_by_role("button", name="Save the password").click()

    heading(page, "Your password is changed")
    assert service.call(*LOG_IN.at(), body={**credentials, "passw": NEW_PASSWORD})["user"]


def test_data_is_shown_and_downloaded(visit: Visits, credentials: Mapping[str, str]) -> None:
    page = _open(visit, credentials, "/account/data", "Your data")
    page.get_by_text("Signed in", exact=True).first.wait_for()

    with page.expect_download() as download:
        page.get_by_role("button", name="Download everything").click()

    saved = json.loads(Path(download.value.path()).read_text())
    assert saved["account"]["email"] == credentials["email"]
    assert {event["what"] for event in saved["trail"]} >= {"user_created", "session_begun"}
    assert "cursor" not in saved


def test_account_is_deleted_once_that_is_confirmed(
    visit: Visits, credentials: Mapping[str, str]
) -> None:
    page = _open(visit, credentials, "/account/data", "Your data")

    page.get_by_role("link", name="Delete the account").click()
    page.get_by_role("button", name="Delete my account").click()
    dialog = page.get_by_role("dialog", name=f"Delete {credentials['email']}?")
    dialog.get_by_role("button", name="Delete my account").click()

    page.get_by_text("Your account is deleted.").wait_for()
    fill_in(page, credentials)
    page.get_by_text("E-mail or password is not right.").wait_for()
