"""The console as a whole: who gets in, what is shown to whom, and what an end leads to."""

import re

import pytest

from tests.support.account_pages import fill_in
from tests.support.console_pages import PEOPLE, Account, holder, person
from tests.support.looks import AT_A_DESK, EVERY_LOOK, Look
from tests.support.register import END_USER_SEANCES, LIST_USERS
from tests.support.running import Service
from tests.support.visits import Visits, heading

pytestmark = [pytest.mark.browser, pytest.mark.looks(*EVERY_LOOK)]

AREAS = "Areas"


def test_who_is_not_signed_in_signs_in_and_comes_back(visit: Visits, worker: Account) -> None:
    page = visit(f"{PEOPLE}?status=active")

    page.wait_for_url(
        re.compile(r"/account/sign-in\?return_to=%2Fconsole%2Fpeople%3Fstatus%3Dactive$")
    )
    fill_in(page, worker.credentials)

    heading(page, "People")
    assert page.get_by_label("Status").input_value() == "active"


@pytest.mark.parametrize(
    ("permissions", "areas"),
    [
        (["*"], ["Overview", "People", "Roles", "Back-ends", "Webhooks", "Trail"]),
        (["users:read"], ["Overview", "People"]),
        (["users:create"], ["Overview", "People"]),
        (["roles:read", "audit:read"], ["Overview", "Roles", "Trail"]),
        (["service_tokens:create"], ["Overview", "Back-ends"]),
        (["webhooks:read"], ["Overview", "Webhooks"]),
    ],
)
def test_areas_are_those_that_the_permissions_open(
    visit: Visits, service: Service, permissions: list[str], areas: list[str], look: Look
) -> None:
    worker = holder(service, *permissions)

    page = visit("/console", person=worker.credentials)
    heading(page, "Overview")

    shown = page.get_by_role("navigation", name=AREAS).get_by_role("link").all_inner_texts()
    assert [text.strip() for text in shown] == [*map(look.say, areas)]


@pytest.mark.looks(AT_A_DESK)
@pytest.mark.parametrize(
    "path", ["people", "people/1", "roles", "back-ends", "webhooks", "webhooks/crm", "nowhere"]
)
def test_page_that_is_not_open_is_as_if_it_did_not_exist(
    visit: Visits, service: Service, path: str
) -> None:
    worker = holder(service, "audit:read")

    page = visit(f"/console/{path}", person=worker.credentials)

    heading(page, "There is no such page")


def test_who_may_do_nothing_is_told_so(visit: Visits, service: Service) -> None:
    someone = person(service, "Nobody Special")

    page = visit("/console", person=someone.credentials)

    heading(page, "There is nothing here for your role")
    assert page.get_by_text("You are signed in as Nobody Special").is_visible()
    assert page.get_by_role("navigation", name=AREAS).count() == 0
    assert page.get_by_role("link", name="Your account").count() == 2


@pytest.mark.looks(AT_A_DESK)
def test_other_language_loses_nothing(visit: Visits, worker: Account) -> None:
    page = visit(PEOPLE, person=worker.credentials)
    page.get_by_role("button", name="Invite a person").click()
    page.get_by_role("dialog").get_by_label("Name").fill("Half typ")
    page.keyboard.press("Escape")
    page.get_by_label("Search by name or address").fill("olga")

    page.get_by_role("button", name="Русский").click()

    heading(page, "Люди")
    assert page.evaluate("document.documentElement.lang") == "ru"
    assert page.get_by_label("Поиск по имени или адресу").input_value() == "olga"
    page.get_by_role("button", name="Пригласить человека").click()
    assert page.get_by_role("dialog").get_by_label("Имя").input_value() == "Half typ"


def test_sign_out_leads_to_signing_in(visit: Visits, worker: Account) -> None:
    page = visit("/console", person=worker.credentials)

    page.get_by_role("button", name="Sign out").click()

    page.wait_for_url(re.compile("/account/sign-in"))


def test_session_that_ended_elsewhere_leads_back_to_the_same_place(
    visit: Visits, service: Service, worker: Account
) -> None:
    page = visit(f"{PEOPLE}?search=olga", person=worker.credentials)
    page.get_by_role("table").wait_for()
    service.call(*END_USER_SEANCES.at(user_id=worker.id), service.administrator_token)

    page.get_by_label("Status").select_option("active")

    page.wait_for_url(re.compile("/account/sign-in"))
    fill_in(page, worker.credentials)
    page.wait_for_url(re.compile(r"/console/people\?search=olga&status=active$"))
    heading(page, "People")


def test_service_that_does_not_answer_is_said_and_asked_again(
    visit: Visits, service: Service, worker: Account
) -> None:
    page = visit(PEOPLE, person=worker.credentials)
    page.get_by_role("table").wait_for()
    busy = {"status": 503, "headers": {"x-error-code": "unavailable"}, "body": "{}"}
    page.route(f"**{LIST_USERS.path}?*", lambda route: route.fulfill(**busy))

    page.get_by_label("Search by name or address").fill("olga")

    page.get_by_text("The service is busy. Nothing was decided").wait_for(timeout=60_000)
    assert page.get_by_label("Search by name or address").input_value() == "olga"
    page.unroute(f"**{LIST_USERS.path}?*")
    page.get_by_role("button", name="Try again").click()
    page.get_by_role("table").wait_for()


def test_keys_are_listed(visit: Visits, worker: Account) -> None:
    page = visit("/console", person=worker.credentials)
    heading(page, "Overview")

    page.keyboard.press("?")
    keys = page.get_by_role("dialog", name="Keys")

    assert keys.get_by_text("Search for people").is_visible()
    page.keyboard.press("Escape")
    keys.wait_for(state="detached")


def test_slash_leads_from_anywhere_to_the_search(visit: Visits, worker: Account) -> None:
    page = visit("/console", person=worker.credentials)
    heading(page, "Overview")

    page.keyboard.press("/")

    heading(page, "People")
    page.locator("input[type=search]:focus").wait_for()
