"""One person in the console: what is shown of them, and what can be done, undone and not."""

from typing import TYPE_CHECKING

import pytest

from tests.support import mailbox
from tests.support.account_pages import App
from tests.support.console_pages import Account, dialog, holder, person, row, said, shown
from tests.support.looks import EVERY_LOOK, Look
from tests.support.register import (
    BEGIN_TOTP,
    DELETE_USER,
    ENABLE_TOTP,
    LOG_IN,
    SHOW_USER_SEANCES,
    UPDATE_USER,
)
from tests.support.running import Service
from tests.support.visits import Visits, heading, want_proof_once

if TYPE_CHECKING:
    from playwright.sync_api import Page

pytestmark = [pytest.mark.browser, pytest.mark.looks(*EVERY_LOOK)]


@pytest.fixture
def anna(service: Service) -> Account:
    """Somebody to work on."""
    return person(service)


def test_profile_devices_and_trail_areshown(
    visit: Visits, service: Service, worker: Account, anna: Account
) -> None:
    _signs_in(service, anna)

    page = visit(anna.page, person=worker.credentials)

    heading(page, anna.name)
    assert page.locator(".facts").get_by_text(anna.email).is_visible()
    assert page.get_by_text("None: the password alone signs in").is_visible()
    devices = page.get_by_role("region", name="Devices")
    devices.get_by_text("127.0.0.1").wait_for()
    trail = page.get_by_role("region", name="Trail")
    trail.get_by_text("The account was made").wait_for()
    assert trail.get_by_text("Signed in", exact=True).count() == 1


def test_only_what_is_permitted_isshown(visit: Visits, service: Service, anna: Account) -> None:
    worker = holder(service, "users:read")

    page = visit(anna.page, person=worker.credentials)

    page.get_by_role("region", name="Profile").wait_for()
    assert page.get_by_role("region", name="Devices").count() == 0
    assert page.get_by_role("region", name="Trail").count() == 0
    assert page.get_by_role("heading", name="What can be done").count() == 0


def test_acts_are_those_that_are_permitted(
    visit: Visits, service: Service, anna: Account, look: Look
) -> None:
    worker = holder(service, "users:read", "seances:end")

    page = visit(anna.page, person=worker.credentials)

    acts = page.get_by_role("region", name="What can be done")
    acts.wait_for()
    assert acts.get_by_role("button").all_inner_texts() == [look.say("Sign out everywhere")]


def test_disabling_names_the_person_and_can_be_undone(
    visit: Visits, service: Service, worker: Account, anna: Account
) -> None:
    page = _opened(visit, worker, anna)
    page.get_by_role("button", name="Disable").click()
    asked = dialog(page, "Disable Anna Example?")
    will = f"Anna Example ({anna.email}) is signed out on every device"
    assert asked.get_by_text(will).is_visible()

    asked.get_by_role("button", name="Disable Anna Example", exact=True).click()

    message = said(page, "Anna Example is disabled")
    page.locator(".under-title").get_by_text("Disabled").wait_for()
    assert shown(service, anna)["status"] == "disabled"
    message.get_by_role("button", name="Undo").click()
    said(page, "Taken back")
    page.locator(".under-title").get_by_text("Active").wait_for()
    assert shown(service, anna)["status"] == "active"


def test_cancelling_does_nothing_and_gives_the_focus_back(
    visit: Visits, service: Service, worker: Account, anna: Account, look: Look
) -> None:
    page = _opened(visit, worker, anna)
    page.get_by_role("button", name="Delete").click()

    page.keyboard.press("Escape")

    page.get_by_role("dialog").wait_for(state="detached")
    assert page.evaluate("document.activeElement.innerText") == look.say("Delete")
    assert shown(service, anna)["status"] == "active"


def test_role_is_changed_and_changed_back(
    visit: Visits, service: Service, worker: Account, anna: Account
) -> None:
    page = _opened(visit, worker, anna)
    page.get_by_role("button", name="Change the role").click()
    asked = dialog(page, "Give Anna Example another role")
    asked.get_by_label("Role").select_option("methodist")
    assert asked.get_by_text("Permits: users:read, roles:read").is_visible()

    asked.get_by_role("button", name="Make Anna Example Methodist").click()

    message = said(page, "Anna Example is Methodist now")
    assert shown(service, anna)["role"] == "methodist"
    message.get_by_role("button", name="Undo").click()
    said(page, "Taken back")
    assert shown(service, anna)["role"] == "read_only"


def test_signing_out_ends_every_device(
    visit: Visits, service: Service, worker: Account, anna: Account
) -> None:
    _signs_in(service, anna)
    page = _opened(visit, worker, anna)

    page.get_by_role("button", name="Sign out everywhere").click()
    page.get_by_role("button", name="Sign out Anna Example", exact=True).click()

    said(page, "Anna Example is signed out everywhere")
    page.get_by_role("region", name="Devices").get_by_text("Signed in nowhere").wait_for()
    devices = service.call(*SHOW_USER_SEANCES.at(user_id=anna.id), service.administrator_token, {})
    assert devices["seances"] == []


def test_lock_out_is_ended(visit: Visits, service: Service, worker: Account, anna: Account) -> None:
    page = visit("/console", person=worker.credentials)
    wrong = {"email": anna.email, "passw": "no such password"}
    page.evaluate(
        """async ([path, body]) => {
            for (;;) {
                const answer = await fetch(path, {
                    method: "POST",
                    headers: {"Content-Type": "application/json"},
                    body: JSON.stringify(body),
                });
                const seconds = Number(answer.headers.get("Retry-After"));
                if (seconds > 10) return; // time enough to see it
                await new Promise(resolve => setTimeout(resolve, 1000 * seconds));
            }
        }""",
        [LOG_IN.path, wrong],
    )
    page.goto(f"{service.origin}{anna.page}")
    page.locator(".under-title").get_by_text("Locked out").wait_for()

    page.get_by_role("button", name="End the lock-out").click()
    page.get_by_role("button", name="Unblock Anna Example").click()

    said(page, "Anna Example is unblocked")
    page.locator(".under-title").get_by_text("Locked out").wait_for(state="detached")
    assert "blocked_until" not in shown(service, anna)


def test_link_for_a_password_is_mailed(visit: Visits, worker: Account, anna: Account) -> None:
    page = _opened(visit, worker, anna)

    page.get_by_role("button", name="Mail a link that sets a password").click()
    page.get_by_role("button", name="Mail a link to Anna Example").click()

    said(page, "A mail to Anna Example is ordered")
    assert mailbox.carried(visit.service, anna.email, "reset_token")


def test_factors_are_reset_for_whoever_lost_them(
    visit: Visits, service: Service, worker: Account, anna: Account
) -> None:
    _sets_an_app_up(service, anna)
    page = _opened(visit, worker, anna)
    page.get_by_role("button", name="Reset the second factors").click()
    asked = dialog(page, "Reset the second factors of Anna Example?")

    asked.get_by_role("button", name="Reset factors of Anna Example", exact=True).click()

    said(page, "The second factors of Anna Example are removed")
    page.locator(".facts").get_by_text("None: the password alone signs in").wait_for()
    # so that signing in asks for nothing else
    assert "access_token" in service.call(*LOG_IN.at(), "", anna.credentials)


def test_deleted_person_is_gone_and_their_trail_is_not(
    visit: Visits, service: Service, worker: Account, anna: Account
) -> None:
    page = _opened(visit, worker, anna)
    page.get_by_role("button", name="Delete").click()
    asked = dialog(page, "Delete Anna Example?")
    assert asked.get_by_text("This cannot be undone.").is_visible()

    asked.get_by_role("button", name="Delete Anna Example").click()

    heading(page, "People")
    message = said(page, "Anna Example is deleted")
    assert message.get_by_role("button", name="Undo").count() == 0
    page.goto(f"{service.origin}{anna.page}")
    heading(page, "There is no such account any more")
    assert page.get_by_text("There is no such account any more").count() == 1
    page.get_by_text("The account was deleted").wait_for()


def test_name_and_address_are_edited(
    visit: Visits, service: Service, worker: Account, anna: Account
) -> None:
    page = _opened(visit, worker, anna)
    page.get_by_role("button", name="Edit").click()
    asked = dialog(page, "Edit Anna Example")
    asked.get_by_label("Name", exact=True).fill("Anna Other")
    asked.get_by_label("E-mail").fill(f"new-{anna.email}")

    asked.get_by_role("button", name="Save Anna Example").click()

    page.get_by_text(f"Waits for new-{anna.email} to be confirmed").wait_for()
    assert shown(service, anna)["name"] == "Anna Other"


def test_refusal_is_said_in_words(visit: Visits, service: Service, worker: Account) -> None:
    limited = holder(service, "users:read", "users:update")
    page = visit(worker.page, person=limited.credentials)

    page.get_by_role("button", name="Disable").click()
    page.get_by_role("button", name="Disable Olga Worker").click()

    refusal = page.get_by_role("dialog").get_by_role("alert")
    refusal.get_by_text("You do not have the permission that this takes.").wait_for()
    assert shown(service, worker)["status"] == "active"


def test_recent_proof_is_asked_for_and_the_act_is_done(
    visit: Visits, service: Service, worker: Account, anna: Account
) -> None:
    page = _opened(visit, worker, anna)
    want_proof_once(page, *UPDATE_USER.at(user_id=anna.id))
    page.get_by_role("button", name="Disable").click()
    page.get_by_role("button", name="Disable Anna Example").click()

    proof = dialog(page, "Confirm that it is you")
    proof.get_by_label("Password").fill(worker.credentials["passw"])
    proof.get_by_role("button", name="Confirm").click()

    said(page, "Anna Example is disabled")
    assert shown(service, anna)["status"] == "disabled"


def test_who_gives_no_proof_is_back_where_they_were(
    visit: Visits, service: Service, worker: Account, anna: Account
) -> None:
    page = _opened(visit, worker, anna)
    want_proof_once(page, *UPDATE_USER.at(user_id=anna.id))
    page.get_by_role("button", name="Disable").click()
    page.get_by_role("button", name="Disable Anna Example").click()

    dialog(page, "Confirm that it is you").get_by_role("button", name="Cancel").click()

    dialog(page, "Confirm that it is you").wait_for(state="detached")
    assert dialog(page, "Disable Anna Example?").is_visible()
    assert shown(service, anna)["status"] == "active"


def test_person_who_is_deleted_meanwhile_is_said_to_be(
    visit: Visits, service: Service, worker: Account, anna: Account
) -> None:
    page = _opened(visit, worker, anna)
    service.call(*DELETE_USER.at(user_id=anna.id), service.administrator_token)

    page.get_by_role("button", name="Disable").click()
    page.get_by_role("button", name="Disable Anna Example").click()

    page.get_by_role("dialog").get_by_text("There is no such account any more.").wait_for()


def _opened(visit: Visits, worker: Account, account: Account) -> "Page":
    page = visit(account.page, person=worker.credentials)
    row(page, "The account was made").wait_for()
    return page


def _signs_in(service: Service, account: Account) -> None:
    service.call(*LOG_IN.at(), "", account.credentials)


def _sets_an_app_up(service: Service, account: Account) -> None:
    token = service.call(*LOG_IN.at(), "", account.credentials)["access_token"]
    app = App(service.call(*BEGIN_TOTP.at(), token)["secret"])
    service.call(*ENABLE_TOTP.at(), token, {"code": app.code()})
    assert "challenge" in service.call(*LOG_IN.at(), "", account.credentials)
