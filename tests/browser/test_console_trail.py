"""The trail across accounts, and the start page that counts from it."""

import re
import secrets

import pytest

from tests.support.console_pages import Account, holder, person, row
from tests.support.looks import EVERY_LOOK, Look
from tests.support.running import Service
from tests.support.visits import DESK, Visits, heading

pytestmark = [pytest.mark.browser, pytest.mark.looks(*EVERY_LOOK)]

TRAIL = "/console/trail"


def test_trail_names_those_whom_it_is_about(
    visit: Visits, service: Service, worker: Account
) -> None:
    anna = person(service, f"Anna {secrets.token_hex(4)}")

    page = visit(TRAIL, person=worker.credentials)

    made = row(page, anna.name).filter(has_text="The account was made")
    # titles of roles come after the names
    made.get_by_text("role Read only; Person").wait_for()
    made.get_by_role("link", name=anna.name).click()
    heading(page, anna.name)


def test_who_may_not_see_accounts_sees_their_numbers(visit: Visits, service: Service) -> None:
    worker = holder(service, "audit:read")
    anna = person(service)

    page = visit(TRAIL, person=worker.credentials)

    row(page, f"No. {anna.id}").get_by_text("The account was made").wait_for()
    assert page.get_by_role("table").get_by_role("link").count() == 0


def test_filters_are_in_the_address(visit: Visits, service: Service, worker: Account) -> None:
    person(service)
    page = visit(TRAIL, person=worker.credentials)

    page.get_by_label("Event").select_option("user_created")
    page.wait_for_url(re.compile(r"\?event=user_created$"))
    page.get_by_label("Done by, number").fill(str(worker.id))

    page.wait_for_url(re.compile(rf"\?event=user_created&actor={worker.id}$"))
    page.get_by_text("Nothing happened that fits these filters").wait_for()
    page.reload()
    page.get_by_text("Nothing happened that fits these filters").wait_for()
    page.get_by_role("button", name="Clear the filters").click()
    page.get_by_role("table").wait_for()


def test_days_are_whole(visit: Visits, worker: Account) -> None:
    page = visit(f"{TRAIL}?since=2999-01-01", person=worker.credentials)
    page.get_by_text("Nothing happened that fits these filters").wait_for()

    today = page.evaluate("new Date().toLocaleDateString('sv')")
    page.goto(f"{visit.service.origin}{TRAIL}?since={today}&until={today}")

    page.get_by_role("table").wait_for()


def test_start_counts_what_the_trail_tells(
    visit: Visits, service: Service, worker: Account, look: Look
) -> None:
    person(service)

    page = visit("/console", person=worker.credentials)

    chart = page.get_by_role("img", name="Sign-ins a day: ")
    chart.wait_for()
    days = (chart.get_attribute("aria-label") or "").split("; ")
    # as many as there is room for
    assert len(days) == (14 if look.width == DESK else 7)
    assert int(days[-1].rpartition(": ")[2]) >= 1
    made = page.get_by_role("link", name="New accounts, 7 days")
    made.get_by_text(re.compile("[0-9]+$")).last.wait_for()
    assert int(made.inner_text().split()[-1]) >= 2
    made.click()
    page.wait_for_url(re.compile(r"/console/trail\?event=user_created&since=2"))


def test_start_shows_no_counts_of_what_is_not_permitted(visit: Visits, service: Service) -> None:
    worker = holder(service, "roles:read")

    page = visit("/console", person=worker.credentials)

    page.get_by_role("link", name="Roles").last.wait_for()
    assert page.locator(".counts li").count() == 1
    assert page.get_by_role("img").count() == 0
