"""What the links of mails open: passwords, invitations, addresses, and the way back."""

import secrets
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import pytest

from tests.support import mailbox
from tests.support.account_pages import SIGN_IN, fill_in, sign_in
from tests.support.looks import AT_A_DESK, EVERY_LOOK
from tests.support.register import FORGET_PASSWORD, SEND_LOG_IN_CODE, SIGN_UP
from tests.support.running import PASSWORD, Service
from tests.support.visits import Visits, heading

if TYPE_CHECKING:
    from playwright.sync_api import Page

pytestmark = [pytest.mark.browser, pytest.mark.looks(*EVERY_LOOK)]
NEW_PASSWORD = "another_string"


def _choose_password(page: "Page") -> None:
    heading(page, "Choose a password")
    field = page.get_by_label("New password")
    assert field.get_attribute("autocomplete") == "new-password"
    field.fill(NEW_PASSWORD)
    page.get_by_role("button", name="Save the password").click()
    page.get_by_text("Your new password is set. Sign in with it.").wait_for()


def test_forgotten_password_is_set_by_the_link(
    visit: Visits, service: Service, credentials: Mapping[str, str]
) -> None:
    page = visit(SIGN_IN)

    page.get_by_label("E-mail").fill(credentials["email"])
    page.get_by_role("link", name="Set a new password").click()
    # what was typed before is there already
    assert page.get_by_label("E-mail").input_value() == credentials["email"]
    page.get_by_role("button", name="Send the link").click()
    heading(page, "Look into your mailbox")

    link = mailbox.carried(service, credentials["email"], "reset_token")
    page = visit(f"/account#{link}")
    _choose_password(page)
    fill_in(page, {**credentials, "passw": NEW_PASSWORD})
    heading(page, "Your account")


def test_token_is_in_no_address_and_no_storage(
    visit: Visits, service: Service, credentials: Mapping[str, str]
) -> None:
    service.call(*FORGET_PASSWORD.at(), body={"email": credentials["email"]})
    link = mailbox.carried(service, credentials["email"], "reset_token")

    page = visit(f"/account#{link}")
    heading(page, "Choose a password")

    assert page.url == f"{service.origin}/account/new-password"
    kept = "JSON.stringify([history.state, localStorage, sessionStorage, document.cookie])"
    assert link.partition("=")[2] not in page.evaluate(kept)
    page.reload()
    heading(page, "Open the link in the mail again")


def test_link_that_was_used_is_said_and_a_new_one_is_at_hand(visit: Visits) -> None:
    page = visit("/account#reset_token=pr.AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA")

    page.get_by_label("New password").fill(NEW_PASSWORD)
    page.get_by_role("button", name="Save the password").click()

    page.get_by_role("alert").get_by_text("This link was used already, or is too old.").wait_for()
    page.get_by_role("link", name="Get a new link").click()
    heading(page, "Set a new password")


def test_password_that_is_too_short_or_too_common_is_said_by_its_field(
    visit: Visits, service: Service, credentials: Mapping[str, str]
) -> None:
    service.call(*FORGET_PASSWORD.at(), body={"email": credentials["email"]})
    page = visit(f"/account#{mailbox.carried(service, credentials['email'], 'reset_token')}")
    field = page.get_by_label("New password")

    field.fill("short")
    page.get_by_role("button", name="Save the password").click()
    page.get_by_text("Use at least 8 characters", exact=True).wait_for()
    field.fill("password")
    page.get_by_role("button", name="Save the password").click()

    page.locator(".fault", has_text="common").wait_for()
    assert field.get_attribute("aria-invalid") == "true"
    _choose_password(page)


@pytest.mark.looks(AT_A_DESK)
def test_fault_that_the_service_found_is_said_in_the_language_that_is_chosen_next(
    visit: Visits, service: Service, credentials: Mapping[str, str]
) -> None:
    service.call(*FORGET_PASSWORD.at(), body={"email": credentials["email"]})
    page = visit(f"/account#{mailbox.carried(service, credentials['email'], 'reset_token')}")
    page.get_by_label("New password").fill("password")
    page.get_by_role("button", name="Save the password").click()
    page.locator(".fault", has_text="common").wait_for()

    page.get_by_role("button", name="Русский").click()

    heading(page, "Придумайте пароль")
    assert page.locator(".fault").inner_text() == "Что-то введено неверно."


def test_invitation_leads_to_a_password_and_in(visit: Visits, service: Service) -> None:
    email = f"{secrets.token_hex(8)}@example.com"
    invited: Any = {"email": email, "name": "Invited", "invite": True}
    service.call(*SIGN_UP.at(), service.service_token, invited)

    page = visit(f"/account#{mailbox.carried(service, email, 'reset_token')}")
    _choose_password(page)

    fill_in(page, {"email": email, "passw": NEW_PASSWORD})
    heading(page, "Your account")


def test_sign_up_is_confirmed_by_link_and_password(visit: Visits, service: Service) -> None:
    person = {"email": f"{secrets.token_hex(8)}@example.com", "passw": PASSWORD}
    page = visit(SIGN_IN)

    page.get_by_role("link", name="Create an account").click()
    page.get_by_label("Name").fill("Newcomer")
    page.get_by_label("E-mail").fill(person["email"])
    page.get_by_label("Password", exact=True).fill(person["passw"])
    page.get_by_role("button", name="Create the account").click()
    heading(page, "Look into your mailbox")

    page = visit(f"/account#{mailbox.carried(service, person['email'], 'email_token')}")
    page.get_by_role("button", name="Confirm the address").click()
    page.get_by_label("Password", exact=True).fill("another_string")
    page.get_by_role("button", name="Confirm the address").click()
    page.locator(".fault").wait_for()
    page.get_by_label("Password", exact=True).fill(person["passw"])
    page.get_by_role("button", name="Confirm the address").click()
    page.get_by_text("Your account is ready.").wait_for()
    sign_in(page, person)


def test_link_of_a_code_signs_in_once_a_button_is_pressed(
    visit: Visits, service: Service, credentials: Mapping[str, str]
) -> None:
    service.call(*SEND_LOG_IN_CODE.at(), body={"email": credentials["email"]})

    page = visit(f"/account#{mailbox.carried(service, credentials['email'], 'challenge')}")
    heading(page, "Sign in on this device")
    page.get_by_role("button", name="Sign in", exact=True).click()

    heading(page, "Your account")


def test_change_of_address_is_asked_for_confirmed_and_undone(
    visit: Visits, service: Service, credentials: Mapping[str, str]
) -> None:
    moved = {**credentials, "email": f"{secrets.token_hex(8)}@example.com"}
    page = visit("/account/email", person=credentials)
    page.get_by_label("New e-mail").fill(moved["email"])
    page.get_by_role("button", name="Send a link to confirm it").click()
    heading(page, "Confirm the new address")

    link = visit(f"/account#{mailbox.carried(service, moved['email'], 'email_token')}")
    link.get_by_role("button", name="Confirm the address").click()
    link.get_by_text("Your address is confirmed. Sign in with it.").wait_for()
    sign_in(link, moved)
    assert link.get_by_text(moved["email"]).is_visible()

    undo = visit(f"/account#{mailbox.carried(service, credentials['email'], 'undo_token')}")
    undo.get_by_role("button", name="Bring the address back").click()
    undo.get_by_text("Your address is back").wait_for()
    _choose_password(undo)
    sign_in(undo, {**credentials, "passw": NEW_PASSWORD})


def test_link_opens_where_the_pages_are_open_already(
    visit: Visits, service: Service, credentials: Mapping[str, str]
) -> None:
    page = visit(SIGN_IN)
    service.call(*FORGET_PASSWORD.at(), body={"email": credentials["email"]})
    link = mailbox.carried(service, credentials["email"], "reset_token")

    page.evaluate("link => { location.hash = link; }", link)

    _choose_password(page)
