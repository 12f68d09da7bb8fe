"""Roles and back-ends in the console."""

import secrets
from typing import TYPE_CHECKING, Any

import pytest

from tests.support.console_pages import Account, dialog, holder, row, said
from tests.support.looks import EVERY_LOOK
from tests.support.register import LIST_ROLES, LIST_USERS
from tests.support.running import Service
from tests.support.visits import Visits, heading

if TYPE_CHECKING:
    from playwright.sync_api import Locator, Page

pytestmark = [pytest.mark.browser, pytest.mark.looks(*EVERY_LOOK)]

ROLES = "/console/roles"
BACK_ENDS = "/console/back-ends"


def test_role_is_made_changed_and_deleted(visit: Visits, service: Service, worker: Account) -> None:
    name = f"role_{secrets.token_hex(4)}"
    page = visit(ROLES, person=worker.credentials)
    page.get_by_role("button", name="Make a role").click()
    asked = dialog(page, "A new role")
    asked.get_by_label("Name", exact=True).fill(name)
    asked.get_by_label("Title in English").fill("Helper")
    asked.get_by_label("Title in Russian").fill("Помощник")
    asked.get_by_label("See accounts").check()
    asked.get_by_label("Permissions of your applications").fill("content:read\nlessons:grade")
    asked.get_by_label("Demands a second factor").check()

    asked.get_by_role("button", name="Make the role").click()

    said(page, f"Role {name} is saved")
    assert _role(service, name) == {
        "name": name,
        "title": {"en": "Helper", "ru": "Помощник"},
        "permissions": ["users:read", "content:read", "lessons:grade"],
        "builtin": False,
        "back_end": False,
        "second_factor": True,
    }
    page.get_by_role("button", name=f"Edit {name}").click()
    edited = dialog(page, f"Role {name}")
    edited.get_by_label("See accounts").uncheck()
    edited.get_by_role("button", name=f"Save {name}").click()
    edited.wait_for(state="detached")
    assert _role(service, name)["permissions"] == ["content:read", "lessons:grade"]
    page.get_by_role("button", name=f"Delete {name}").click()
    page.get_by_role("dialog").get_by_role("button", name=f"Delete {name}").click()
    said(page, f"Role {name} is deleted")
    assert _role(service, name) is None


def test_misspelt_permission_is_said_by_its_field(visit: Visits, worker: Account) -> None:
    page = visit(ROLES, person=worker.credentials)
    page.get_by_role("button", name="Edit methodist").click()
    asked = dialog(page, "Role methodist")
    field = asked.get_by_label("Permissions of your applications")
    field.fill("users:raed")

    asked.get_by_role("button", name="Save methodist").click()

    asked.get_by_text("Is no permission of this service").wait_for()
    assert field.get_attribute("aria-invalid") == "true"


def test_only_roles_within_ones_own_permissions_can_be_edited(
    visit: Visits, service: Service
) -> None:
    worker = holder(service, "roles:read", "roles:write", "content:read")

    page = visit(ROLES, person=worker.credentials)

    page.get_by_role("button", name="Edit read_only").wait_for()
    assert page.get_by_role("button", name="Edit administrator").count() == 0
    page.get_by_role("button", name="Edit read_only").click()
    asked = dialog(page, "Role read_only")
    assert asked.get_by_label("See roles").count() == 1
    assert asked.get_by_label("See accounts").count() == 0


def test_who_may_only_see_roles_changes_none(visit: Visits, service: Service) -> None:
    worker = holder(service, "roles:read")

    page = visit(ROLES, person=worker.credentials)

    row(page, "methodist").wait_for()
    permissions = row(page, "methodist").locator(".wrapping").inner_text().split()
    assert permissions == ["users:read", "roles:read", "content:read", "content:write"]
    assert page.get_by_role("button", name="Make a role").count() == 0
    assert page.get_by_role("button", name="Edit").count() == 0


def test_token_of_a_back_end_is_shown_once_and_works(
    visit: Visits, service: Service, worker: Account
) -> None:
    name = f"Crm {secrets.token_hex(4)}"
    page = visit(BACK_ENDS, person=worker.credentials)
    asked = _asked_for_token(page, name)
    asked.get_by_label("Good for days").fill("7")

    asked.get_by_role("button", name="Issue a token").click()

    shown = dialog(page, f"The token of {name}")
    token = shown.get_by_label("Token").input_value()
    assert "users" in service.call(*LIST_USERS.at(), token)
    page.keyboard.press("Escape")
    assert shown.is_visible()
    shown.get_by_role("button", name="Close, I have stored it").click()
    row(page, name).get_by_text("1", exact=True).wait_for()
    assert token not in page.content()


def test_ended_tokens_work_no_more(visit: Visits, service: Service, worker: Account) -> None:
    name = f"Old {secrets.token_hex(4)}"
    page = visit(BACK_ENDS, person=worker.credentials)
    asked = _asked_for_token(page, name)
    asked.get_by_role("button", name="Issue a token").click()
    page.get_by_role("button", name="Close, I have stored it").click()

    page.get_by_role("button", name=f"End all tokens of {name}").click()
    asked = dialog(page, f"End all tokens of {name}?")
    asked.get_by_role("button", name=f"End all tokens of {name}").click()

    said(page, f"The tokens of {name} are ended")
    row(page, name).get_by_text("None").wait_for()


def test_who_may_not_see_accounts_still_issues_tokens(visit: Visits, service: Service) -> None:
    worker = holder(service, "service_tokens:create")

    page = visit(BACK_ENDS, person=worker.credentials)

    heading(page, "Back-ends")
    assert page.get_by_text("Your role lets you issue tokens").is_visible()
    assert page.get_by_role("table").count() == 0


def _role(service: Service, name: str) -> Any:  # noqa: ANN401 - JSON
    roles = service.call(*LIST_ROLES.at(), service.administrator_token)["roles"]
    return next((role for role in roles if role["name"] == name), None)


def _asked_for_token(page: "Page", name: str) -> "Locator":
    """Return the dialog that issues a token, with a new back-end of this name filled in."""
    page.get_by_role("button", name="Issue a token").first.click()
    asked = dialog(page, "Issue a token")
    asked.get_by_label("E-mail").fill(f"{secrets.token_hex(8)}@example.com")
    asked.get_by_label("Name", exact=True).fill(name)
    return asked
