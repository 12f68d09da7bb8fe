"""The people of the console: found, looked through, invited, picked, taken out and brought in."""

import csv
import io
import json
import re
import secrets
from http import HTTPStatus
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.error import HTTPError

import pytest

from tests.support import mailbox
from tests.support.console_pages import (
    PEOPLE,
    Account,
    dialog,
    holder,
    person,
    row,
    rows,
    said,
    shown,
)
from tests.support.looks import AT_A_DESK, EVERY_LOOK, Look
from tests.support.register import LIST_ROLES, LIST_USERS, SIGN_UP
from tests.support.running import Service
from tests.support.visits import Visits, heading

if TYPE_CHECKING:
    from playwright.sync_api import Page, Route

pytestmark = [pytest.mark.browser, pytest.mark.looks(*EVERY_LOOK)]

SEARCH = "Search by name or address"
A_PAGE = 50


@pytest.fixture(scope="module")
def crowd(service: Service) -> str:
    """The first name of more people than there are on a page."""
    name = f"Crowd{secrets.token_hex(4)}"
    for number in range(A_PAGE + 5):
        body: Any = {"email": f"{name}.{number}@example.com", "name": f"{name} {number}"}
        try:
            service.call(*SIGN_UP.at(), service.service_token, {**body, "invite": True})
        except HTTPError as refusal:
            # moto, when it is slow, takes a transaction that is sent again for another one
            if refusal.code != HTTPStatus.CONFLICT:
                raise
    return name


def test_search_finds_people_while_one_types_and_is_in_the_address(
    visit: Visits, service: Service, worker: Account
) -> None:
    anna = person(service, f"Анна Ёлкина{secrets.token_hex(4)}")
    page = visit(PEOPLE, person=worker.credentials)

    page.get_by_label(SEARCH).press_sequentially(f"елкина{anna.name[-8:]}")

    page.wait_for_url(re.compile(r"\?search="))
    row(page, anna.email).wait_for()
    assert page.locator("tbody tr").count() == 1
    page.reload()
    row(page, anna.email).wait_for()
    assert page.locator("tbody tr").count() == 1


def test_filters_and_order_are_in_the_address(visit: Visits, worker: Account) -> None:
    page = visit(PEOPLE, person=worker.credentials)

    page.get_by_label("Role").select_option("administrator")
    page.get_by_label("Status").select_option("active")
    page.get_by_label("Order").select_option("created_at.asc")

    page.wait_for_url(re.compile(r"\?role=administrator&status=active&sort=created_at&order=asc$"))
    row(page, "administrator@example.com").wait_for()
    assert "administrator@example.com" in page.locator("tbody tr").first.inner_text()
    page.reload()
    page.get_by_role("table").wait_for()
    assert page.get_by_label("Order").input_value() == "created_at.asc"
    page.get_by_role("button", name="Clear the filters").click()
    page.wait_for_url(re.compile(r"/people$"))


def test_order_does_not_go_with_a_search(visit: Visits, worker: Account) -> None:
    page = visit(f"{PEOPLE}?search=olga&sort=created_at", person=worker.credentials)

    page.get_by_role("table").wait_for()

    assert page.get_by_label("Order").is_disabled()


def test_pages_keep_their_place(visit: Visits, worker: Account, crowd: str) -> None:
    page = visit(f"{PEOPLE}?search={crowd}", person=worker.credentials)
    rows(page, A_PAGE)

    page.get_by_role("button", name="Next page").click()

    rows(page, 5)
    page.reload()
    rows(page, 5)
    page.get_by_role("button", name="Previous page").click()
    rows(page, A_PAGE)


def test_page_of_an_earlier_sign_in_leads_to_the_first(
    visit: Visits, worker: Account, crowd: str
) -> None:
    page = visit(f"{PEOPLE}?search={crowd}", person=worker.credentials)
    page.get_by_role("button", name="Next page").click()
    page.wait_for_url(re.compile("cursor="))
    address = page.url.removeprefix(visit.service.origin)

    other = visit(address, person=worker.credentials)

    other.get_by_text("That page belonged to an earlier sign-in").wait_for()
    other.get_by_role("button", name="First page").click()
    rows(other, A_PAGE)


def test_keyboard_finds_opens_and_picks(visit: Visits, service: Service, worker: Account) -> None:
    name = f"Boris{secrets.token_hex(4)}"
    boris = person(service, name)
    page = visit(PEOPLE, person=worker.credentials)
    page.get_by_role("table").wait_for()

    page.keyboard.press("/")
    page.keyboard.type(name)
    rows(page, 1)
    page.keyboard.press("ArrowDown")
    page.keyboard.press("x")

    page.get_by_role("group", name="1 picked").wait_for()
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile(f"/people/{boris.id}$"))
    heading(page, name)


def test_escape_leaves_the_search_and_keeps_it(visit: Visits, worker: Account) -> None:
    page = visit(PEOPLE, person=worker.credentials)
    page.get_by_role("table").wait_for()
    page.keyboard.press("/")
    page.keyboard.type("olga")

    page.keyboard.press("Escape")

    assert page.evaluate("document.activeElement.type") != "search"
    assert page.get_by_label(SEARCH).input_value() == "olga"


@pytest.mark.looks(AT_A_DESK)
@pytest.mark.parametrize(
    "name", ["<img src=x onerror=alert(1)>", "{{7*7}} ${7*7}", "javascript:alert(1)", "=1+1"]
)
def test_names_are_text(visit: Visits, service: Service, worker: Account, name: str) -> None:
    someone = person(service, name)

    page = visit(someone.page, person=worker.credentials)

    heading(page, name)
    assert page.locator("main img").count() == 0


def test_nobody_who_fits_is_said(visit: Visits, worker: Account) -> None:
    page = visit(f"{PEOPLE}?search=nobody{secrets.token_hex(4)}", person=worker.credentials)

    page.get_by_text("Nobody fits these filters").wait_for()


def test_invited_person_gets_a_mail_and_isshown(visit: Visits, worker: Account) -> None:
    email = f"{secrets.token_hex(8)}@example.com"
    page = visit(PEOPLE, person=worker.credentials)
    page.get_by_role("button", name="Invite a person").click()
    asked = dialog(page, "Invite a person")

    asked.get_by_label("E-mail").fill(email)
    asked.get_by_label("Name", exact=True).fill("Vera Invited")
    asked.get_by_label("Role").select_option("methodist")
    asked.get_by_role("button", name="Invite").click()

    heading(page, "Vera Invited")
    said(page, "Vera Invited is invited")
    assert page.locator(".facts").get_by_text("Methodist").is_visible()
    assert mailbox.carried(visit.service, email, "reset_token")


def test_taken_address_is_said_by_its_field(
    visit: Visits, service: Service, worker: Account
) -> None:
    taken = person(service)
    page = visit(PEOPLE, person=worker.credentials)
    page.get_by_role("button", name="Invite a person").click()
    asked = dialog(page, "Invite a person")

    asked.get_by_label("E-mail").fill(taken.email)
    asked.get_by_label("Name", exact=True).fill("Second")
    asked.get_by_role("button", name="Invite").click()

    asked.get_by_text("Somebody has this address already.").wait_for()
    assert asked.get_by_label("E-mail").get_attribute("aria-invalid") == "true"
    assert asked.get_by_label("Name", exact=True).input_value() == "Second"


def test_several_are_disabled_at_once_and_each_refusal_is_told(
    visit: Visits, service: Service, look: Look
) -> None:
    worker = holder(service, "users:read", "users:update")
    name = f"Many{secrets.token_hex(4)}"
    people = [person(service, f"{name} {number}") for number in range(2)]
    governing = holder(service, "audit:read")
    page = visit(f"{PEOPLE}?search={name}", person=worker.credentials)
    page.get_by_label("Pick all on this page").check()
    page.get_by_label(SEARCH).fill(governing.email)
    page.get_by_label("Pick Olga Worker").check()

    page.get_by_role("group", name="3 picked").get_by_role("button", name="Disable").click()
    dialog(page, "Disable 3 people?").get_by_role("button", name="Disable 3 people").click()

    report = dialog(page, "Disable 3 people")
    report.get_by_text("Done for 2").wait_for()
    assert report.get_by_text("3 of 3").is_visible()
    assert report.get_by_role("heading", name="1 refused").is_visible()
    assert governing.email in report.get_by_role("listitem").inner_text()
    refused = look.say("You do not have the permission that this takes.")
    assert refused in report.get_by_role("listitem").inner_text()
    report.get_by_role("button", name="Close").click()
    page.get_by_role("group", name="1 picked").wait_for()
    assert [shown(service, one)["status"] for one in people] == ["disabled", "disabled"]


@pytest.mark.parametrize("format_", ["csv", "json"])
def test_export_has_all_who_fit_and_no_hash(
    visit: Visits, worker: Account, crowd: str, format_: str
) -> None:
    page = visit(f"{PEOPLE}?search={crowd}", person=worker.credentials)
    page.get_by_role("button", name="Export").click()
    asked = dialog(page, "Export people")
    asked.get_by_label("Format").select_option(format_)

    with page.expect_download() as download:
        asked.get_by_role("button", name="Export").click()

    assert re.fullmatch(rf"people-\d{{4}}-\d\d-\d\d\.{format_}", download.value.suggested_filename)
    text = Path(download.value.path()).read_text(encoding="utf-8-sig")
    people = list(csv.DictReader(io.StringIO(text))) if format_ == "csv" else json.loads(text)
    assert len(people) == A_PAGE + 5
    assert {person["email"].partition(".")[0] for person in people} == {crowd.lower()}
    assert [name for name in people[0] if "hash" in name or "passw" in name] == []
    said(page, "55 people are in the file")


def test_import_says_what_it_would_do_and_does_that(
    visit: Visits, service: Service, worker: Account
) -> None:
    there = person(service)
    new = f"{secrets.token_hex(8)}@example.com"
    page = visit(f"{PEOPLE}/import", person=worker.credentials)

    _choose(page, f"email,name,role\n{new},New One,methodist\n{there.email},Old,\nodd,Odd,\n")

    page.get_by_text("1 person will be invited. 2 lines are left out").wait_for()
    assert row(page, new).get_by_text("Will be invited").is_visible()
    assert row(page, there.email).get_by_text("Is there already").is_visible()
    assert row(page, "Odd").get_by_text("The address is not one").is_visible()
    assert _found(service, new) == []
    page.get_by_role("button", name="Invite 1 person").click()
    dialog(page, "Invite 1 person?").get_by_role("button", name="Invite 1 person").click()
    report = dialog(page, "Import people")
    report.get_by_text("Done for 1. None was refused.").wait_for()
    report.get_by_role("button", name="Close").click()
    (account,) = _found(service, new)
    assert (account["name"], account["role"]) == ("New One", "methodist")
    page.get_by_text("There is nobody to invite in this file.").wait_for()


def test_roles_of_a_file_are_compared_with_those_that_come_late(
    visit: Visits, worker: Account
) -> None:
    page = visit("/console", person=worker.credentials)
    held: list[Route] = []

    def hold(route: "Route") -> None:
        held.append(route)

    page.route(f"**{LIST_ROLES.path}", hold)
    page.goto(f"{visit.service.origin}{PEOPLE}/import")

    _choose(page, "email,name,role\nnew@example.com,New One,methodist\n")
    # what would be compared too early would be compared by now
    page.wait_for_timeout(300)
    for route in held:
        route.continue_()

    row(page, "new@example.com").get_by_text("Will be invited").wait_for()


@pytest.mark.looks(AT_A_DESK)
@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("mail,name\nx,y\n", "The first line has to name the columns email and name."),
        ("email,name\n", "The file has no people."),
        ('email,name\n"x,y\n', "The quotation marks on line 2 do not fit."),
    ],
)
def test_file_that_is_none_of_people_is_said(
    visit: Visits, worker: Account, text: str, fault: str
) -> None:
    page = visit(f"{PEOPLE}/import", person=worker.credentials)

    _choose(page, text)

    page.get_by_role("alert").get_by_text(fault).wait_for()


def test_who_may_only_invite_sees_nobody(visit: Visits, service: Service) -> None:
    worker = holder(service, "users:create")

    page = visit(PEOPLE, person=worker.credentials)

    page.get_by_text("Your role lets you invite people, but not see them.").wait_for()
    assert page.get_by_role("table").count() == 0
    assert page.get_by_role("button", name="Export").count() == 0
    assert page.get_by_role("button", name="Invite a person").is_visible()


def _choose(page: "Page", text: str) -> None:
    heading(page, "Import people")
    file: Any = {"name": "people.csv", "mimeType": "text/csv", "buffer": text.encode()}
    page.get_by_label("CSV file").set_input_files(file)


def _found(service: Service, email: str) -> Any:  # noqa: ANN401 - JSON
    path = f"{LIST_USERS.path}?email={email}"
    return service.call("GET", path, service.administrator_token)["users"]
