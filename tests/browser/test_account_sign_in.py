"""The page to sign in: by password, passkey or mailed code, and the second factor."""

from collections.abc import Mapping
from typing import TYPE_CHECKING
from urllib.parse import urlencode

import pytest

from tests.support import mailbox
from tests.support.account_pages import SIGN_IN, App, fill_in, set_up_app, sign_in
from tests.support.console_pages import holder
from tests.support.looks import AT_A_DESK, EVERY_LOOK, Look
from tests.support.passkey_devices import PasskeyDevice
from tests.support.register import LOG_IN
from tests.support.running import Service
from tests.support.visits import Visits, heading

if TYPE_CHECKING:
    from playwright.sync_api import Page

pytestmark = [pytest.mark.browser, pytest.mark.looks(*EVERY_LOOK)]


@pytest.fixture
def with_app(visit: Visits, credentials: Mapping[str, str]) -> App:
    """The app of the person, who signs in with it from now on."""
    page = visit(SIGN_IN)
    sign_in(page, credentials)
    page.get_by_role("link", name="Security").click()
    page.get_by_role("link", name="Set up an app").click()
    return set_up_app(page)


def test_password_signs_in(visit: Visits, credentials: Mapping[str, str]) -> None:
    page = visit("/account")

    sign_in(page, credentials)

    assert page.get_by_text(credentials["email"]).is_visible()
    assert (
        page.evaluate("document.cookie + JSON.stringify([localStorage, sessionStorage])").find(
            "token"
        )
        == -1
    )


def test_field_for_the_e_mail_has_the_focus_and_offers_what_the_browser_knows(
    visit: Visits,
) -> None:
    page = visit(SIGN_IN)

    email = page.get_by_label("E-mail")
    email.wait_for()

    assert page.evaluate("document.activeElement.name") == "email"
    assert email.get_attribute("autocomplete") == "username webauthn"
    password = page.get_by_label("Password", exact=True)
    assert password.get_attribute("autocomplete") == "current-password"


def test_wrong_password_is_said_and_nothing_typed_is_lost(
    visit: Visits, credentials: Mapping[str, str]
) -> None:
    page = visit(SIGN_IN)

    fill_in(page, {**credentials, "passw": "another_string"})

    page.get_by_role("alert").get_by_text("E-mail or password is not right.").wait_for()
    assert page.get_by_label("E-mail").input_value() == credentials["email"]
    assert page.get_by_label("Password", exact=True).input_value() == "another_string"


def test_what_is_missing_is_said_by_its_field_which_gets_the_focus(
    visit: Visits, look: Look
) -> None:
    page = visit(SIGN_IN)

    page.get_by_label("E-mail").fill("no address")
    page.get_by_role("button", name="Sign in", exact=True).click()

    email = page.get_by_label("E-mail")
    wrong = look.say("Enter an address such as name@example.com")
    page.get_by_text(wrong).wait_for()
    assert email.get_attribute("aria-invalid") == "true"
    described = email.get_attribute("aria-describedby") or ""
    assert page.locator(f"[id='{described}']").inner_text() == wrong
    assert page.evaluate("document.activeElement.name") == "email"
    assert page.get_by_text("Fill this in").is_visible()


@pytest.mark.looks(AT_A_DESK)
def test_other_language_loses_nothing(visit: Visits, credentials: Mapping[str, str]) -> None:
    page = visit(SIGN_IN, language="ru")

    page.get_by_label("Электронная почта").fill(credentials["email"])
    page.get_by_label("Пароль", exact=True).fill(credentials["passw"])
    page.get_by_role("button", name="English").click()

    page.get_by_role("button", name="Sign in", exact=True).click()
    heading(page, "Your account")
    assert page.locator("html").get_attribute("lang") == "en"


def test_service_that_does_not_answer_is_said_and_the_next_press_works(
    visit: Visits, credentials: Mapping[str, str]
) -> None:
    page = visit(SIGN_IN)
    page.route(f"**{LOG_IN.path}", lambda route: route.abort())

    fill_in(page, credentials)
    page.get_by_role("alert").get_by_text("The service does not answer.").wait_for()

    page.unroute(f"**{LOG_IN.path}")
    page.get_by_role("button", name="Sign in", exact=True).click()
    heading(page, "Your account")


def test_who_has_to_wait_is_told_how_long(visit: Visits, credentials: Mapping[str, str]) -> None:
    page = visit(SIGN_IN)
    headers = {"x-error-code": "too_many_requests", "retry-after": "90"}
    page.route(f"**{LOG_IN.path}", lambda route: route.fulfill(status=429, headers=headers))

    fill_in(page, credentials)

    page.get_by_role("alert").get_by_text("Try again in 2 minutes.").wait_for()


def test_passkey_is_offered_in_the_field_and_signs_in(
    visit: Visits, credentials: Mapping[str, str]
) -> None:
    page = visit(SIGN_IN)
    device = _with_passkey(page, credentials)
    page.get_by_role("link", name="Security").wait_for()
    page.get_by_role("button", name="Sign out").click()

    # nobody presses a button: the browser has the offer, and its user takes it
    heading(page, "Your account")

    page.get_by_text(credentials["email"]).wait_for()
    assert len(device.credentials()) == 1


def test_passkey_signs_in_by_its_button(visit: Visits, credentials: Mapping[str, str]) -> None:
    page = visit(SIGN_IN)
    device = _with_passkey(page, credentials)
    device.touch(whether=False)
    page.get_by_role("button", name="Sign out").click()
    page.get_by_label("E-mail").wait_for()

    device.touch(whether=True)
    page.get_by_role("button", name="Use a passkey").click()

    heading(page, "Your account")


def test_mailed_code_signs_in(
    visit: Visits, service: Service, credentials: Mapping[str, str]
) -> None:
    page = visit(SIGN_IN)

    page.get_by_role("link", name="Get a code by e-mail").click()
    page.get_by_label("E-mail").fill(credentials["email"])
    page.get_by_role("button", name="Send the code").click()
    field = page.get_by_label("Code of the mail")
    assert field.get_attribute("autocomplete") == "one-time-code"
    field.fill("00000000")
    page.get_by_role("button", name="Sign in", exact=True).click()
    page.get_by_text("This code is not right, or was used already.").wait_for()
    field.fill(mailbox.code(service, credentials["email"]))
    page.get_by_role("button", name="Sign in", exact=True).click()

    heading(page, "Your account")


def test_code_of_the_app_is_asked_for(
    visit: Visits, credentials: Mapping[str, str], with_app: App
) -> None:
    page = visit(SIGN_IN)

    fill_in(page, credentials)
    heading(page, "Confirm that it is you")
    field = page.get_by_label("Code of the app")
    assert page.evaluate("document.activeElement.autocomplete") == "one-time-code"
    field.fill(with_app.code())
    page.get_by_role("button", name="Confirm").click()

    heading(page, "Your account")


def test_recovery_code_stands_in_for_the_app_once(
    visit: Visits, credentials: Mapping[str, str], with_app: App
) -> None:
    page = visit(SIGN_IN)
    code = with_app.recovery_codes[0]

    fill_in(page, credentials)
    page.get_by_role("button", name="Use a recovery code").click()
    page.get_by_label("Recovery code").fill(code)
    page.get_by_role("button", name="Confirm").click()
    heading(page, "Your account")

    page.get_by_role("button", name="Sign out").click()
    fill_in(page, credentials)
    page.get_by_role("button", name="Use a recovery code").click()
    page.get_by_label("Recovery code").fill(code)
    page.get_by_role("button", name="Confirm").click()
    page.get_by_text("This code is not right, or was used already.").wait_for()


def test_passkey_is_the_second_factor_after_a_password(
    visit: Visits, credentials: Mapping[str, str]
) -> None:
    page = visit(SIGN_IN)
    device = _with_passkey(page, credentials)
    device.touch(whether=False)
    page.get_by_role("button", name="Sign out").click()

    fill_in(page, credentials)
    heading(page, "Confirm that it is you")
    device.touch(whether=True)
    page.get_by_role("button", name="Use a passkey").click()

    heading(page, "Your account")


def test_role_that_demands_a_factor_leads_to_getting_one_and_then_on(
    visit: Visits, service: Service
) -> None:
    person = holder(service, second_factor=True)
    page = visit("/account/devices")

    fill_in(page, person.credentials)
    heading(page, "Your role takes a second factor")
    page.get_by_role("button", name="Set up an authenticator app").click()
    set_up_app(page)
    heading(page, "Keep your recovery codes")
    page.get_by_role("button", name="I have kept them").click()

    heading(page, "Devices")


@pytest.mark.looks(AT_A_DESK)
@pytest.mark.parametrize(
    "return_to",
    [
        "https://evil.example.com/",
        "//evil.example.com",
        "/\\evil.example.com",
        "javascript:alert(1)",
    ],
)
def test_sign_in_leads_to_no_stranger(
    visit: Visits, service: Service, credentials: Mapping[str, str], return_to: str
) -> None:
    page = visit(f"{SIGN_IN}?return_to={return_to}")

    sign_in(page, credentials)

    assert page.url == f"{service.origin}/account"


def test_sign_in_leads_back_to_where_one_came_from(
    visit: Visits, service: Service, credentials: Mapping[str, str]
) -> None:
    page = visit("/account/profile")

    fill_in(page, credentials)

    heading(page, "Profile")
    assert page.url == f"{service.origin}/account/profile"


def test_sign_in_leads_back_into_an_application_that_the_deployer_named(
    visit: Visits, front_end: str, credentials: Mapping[str, str]
) -> None:
    wanted = f"{front_end}/basket?item=1"
    page = visit(f"{SIGN_IN}?{urlencode({'return_to': wanted})}")

    fill_in(page, credentials)

    page.wait_for_url(wanted)


def _with_passkey(page: "Page", person: Mapping[str, str]) -> PasskeyDevice:
    """Sign in, add a passkey, and be at the first page."""
    sign_in(page, person)
    device = PasskeyDevice(page)
    page.get_by_role("link", name="Security").click()
    page.get_by_role("link", name="Add a passkey").click()
    page.get_by_role("button", name="Add a passkey").click()
    heading(page, "Keep your recovery codes")
    page.get_by_role("button", name="I have kept them").click()
    page.get_by_role("link", name="Go on").click()
    page.get_by_role("link", name="Your account").click()
    heading(page, "Your account")
    return device
