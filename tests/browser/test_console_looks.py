"""Every page of the console as people meet it: languages, themes, widths, assistive technology."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, NamedTuple

import pytest

from tests.support.console_pages import PEOPLE, Account, dialog, holder, person
from tests.support.running import Service
from tests.support.visits import DESK, PHONE, ZOOMED, Visits, barriers, cut_off, overflow

if TYPE_CHECKING:
    from playwright.sync_api import Page

pytestmark = pytest.mark.browser

TITLES: Mapping[str, tuple[str, str]] = {
    "/console": ("Overview", "Обзор"),
    PEOPLE: ("People", "Люди"),
    f"{PEOPLE}/import": ("Import people", "Загрузить людей"),
    "/console/roles": ("Roles", "Роли"),
    "/console/back-ends": ("Back-ends", "Бэкенды"),
    "/console/webhooks": ("Webhooks", "Вебхуки"),
    "/console/trail": ("Trail", "Журнал"),
}


class Look(NamedTuple):
    """How somebody sees a page."""

    language: str
    width: int
    theme: str


LOOKS = [
    Look("en", DESK, "light"),
    Look("ru", DESK, "dark"),
    Look("ru", PHONE, "light"),
    Look("en", PHONE, "dark"),
    Look("ru", ZOOMED, "light"),
]
DELETE = (("Delete", "Delete {}?"), ("Удалить", "Удалить «{}»?"))
A_LONG_NAME = "Длинноимённый" * 7


@pytest.fixture(scope="module")
def workers(service: Service) -> Mapping[str, Account]:
    """An administrator who speaks each language."""
    return {language: holder(service, "*", language=language) for language in ("en", "ru")}


@pytest.fixture(scope="module")
def long_named(service: Service) -> Account:
    return person(service, A_LONG_NAME)


@pytest.mark.parametrize("look", LOOKS)
def test_pages_keep_nobody_out(
    visit: Visits, workers: Mapping[str, Account], long_named: Account, look: Look
) -> None:
    assert long_named.name == A_LONG_NAME
    page = _seen(visit, "/console", workers[look.language], look)

    found = []
    for path, titles in TITLES.items():
        page.goto(visit.service.origin + path)
        page.get_by_role("heading", name=titles[look.language == "ru"], level=1).wait_for()
        page.wait_for_load_state("networkidle")
        found += [(path, barrier) for barrier in barriers(page)]
        wider = overflow(page)
        found += [(path, f"{wider} px too wide")] if wider > 0 else []
        if look.width == ZOOMED:
            found += [(path, f"cut off: {text}") for text in cut_off(page)]

    assert found == []


@pytest.mark.parametrize("look", LOOKS)
def test_person_and_dialog_keep_nobody_out(
    visit: Visits,
    workers: Mapping[str, Account],
    long_named: Account,
    look: Look,
) -> None:
    worker = workers[look.language]

    page = _seen(visit, long_named.page, worker, look)
    page.get_by_role("heading", name=A_LONG_NAME, level=1).wait_for()
    page.wait_for_load_state("networkidle")
    assert barriers(page) == []
    assert overflow(page) <= 0

    verb, question = DELETE[look.language == "ru"]
    page.get_by_role("button", name=verb, exact=True).click()
    asked = dialog(page, question.format(A_LONG_NAME))
    asked.wait_for()
    assert barriers(page) == []
    assert asked.evaluate("dialog => dialog.scrollWidth - dialog.clientWidth") <= 0


def _seen(visit: Visits, path: str, worker: Account, look: Look) -> "Page":
    return visit(
        path,
        person=worker.credentials,
        language=look.language,
        width=look.width,
        color_scheme=look.theme,
    )
