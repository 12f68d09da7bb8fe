"""Webhooks in the console, with a receiver that answers."""

import secrets
import time
from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest

from tests.support.console_pages import Account, dialog, holder, said
from tests.support.looks import EVERY_LOOK
from tests.support.receiver import Receiver, receiving
from tests.support.running import Service, running
from tests.support.visits import Visits, heading

if TYPE_CHECKING:
    from playwright.sync_api import Locator, Page

pytestmark = [pytest.mark.browser, pytest.mark.looks(*EVERY_LOOK)]

WEBHOOKS = "/console/webhooks"
PATIENCE_SECONDS = 30


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    """A service that tells others of events."""
    with running(tmp_path_factory.mktemp("events"), Events="true") as service:
        yield service


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with receiving() as receiver:
        yield receiver


def test_secret_of_a_new_webhook_is_shown_once(
    visit: Visits, worker: Account, receiver: Receiver
) -> None:
    page = visit(WEBHOOKS, person=worker.credentials)

    secret = _make(page, _name(), receiver)

    assert secret.startswith("whsec_")
    assert secret not in page.content()


def test_webhook_without_events_is_not_made(
    visit: Visits, worker: Account, receiver: Receiver
) -> None:
    page = visit(WEBHOOKS, person=worker.credentials)
    asked = _asked_for_webhook(page, _name(), receiver.url)
    asked.get_by_label("All events, also those that come later").uncheck()

    asked.get_by_role("button", name="Make the webhook").click()

    asked.get_by_role("alert").get_by_text("Choose at least one event").wait_for()


def test_webhook_is_tried_and_delivered_to_again(
    visit: Visits, worker: Account, receiver: Receiver
) -> None:
    name = _name()
    page = visit(WEBHOOKS, person=worker.credentials)
    _make(page, name, receiver)
    page.get_by_role("link", name=name).click()
    heading(page, f"Webhook {name}")

    page.get_by_role("button", name=f"Test {name}").click()

    said(page, f"A test is on its way to {name}")
    page.get_by_text("Delivered", exact=True).wait_for(timeout=30_000)
    page.get_by_role("button", name="Deliver again").click()
    said(page, "The delivery begins anew")
    gives_up = time.monotonic() + PATIENCE_SECONDS
    while len(receiver.requests) < 2 and time.monotonic() < gives_up:
        page.wait_for_timeout(100)
    assert receiver.types == ["webhook.test", "webhook.test"]


def test_secret_is_rotated(visit: Visits, worker: Account, receiver: Receiver) -> None:
    name = _name()
    page = visit(WEBHOOKS, person=worker.credentials)
    secret = _make(page, name, receiver)
    page.get_by_role("link", name=name).click()

    page.get_by_role("button", name=f"Rotate the secret of {name}").click()
    asked = dialog(page, f"Rotate the secret of {name}?")
    asked.get_by_role("button", name=f"Rotate the secret of {name}").click()

    shown = dialog(page, f"The secret of {name}")
    assert shown.get_by_label("Secret").input_value() != secret
    shown.get_by_role("button", name="Close, I have stored it").click()
    page.get_by_text("The secret before counts until").wait_for()


def test_deleted_webhook_is_gone(visit: Visits, worker: Account, receiver: Receiver) -> None:
    name = _name()
    page = visit(WEBHOOKS, person=worker.credentials)
    _make(page, name, receiver)
    page.get_by_role("link", name=name).click()

    page.get_by_role("button", name=f"Delete {name}").click()
    dialog(page, f"Delete the webhook {name}?").get_by_role("button", name=f"Delete {name}").click()

    heading(page, "Webhooks")
    said(page, f"Webhook {name} is deleted")
    page.get_by_role("link", name=name).wait_for(state="detached")


def test_address_that_is_none_is_said_by_its_field(visit: Visits, worker: Account) -> None:
    page = visit(WEBHOOKS, person=worker.credentials)
    asked = _asked_for_webhook(page, "odd", "ftp://example.com")

    asked.get_by_role("button", name="Make the webhook").click()

    asked.get_by_text("Must begin with https://").wait_for()
    assert asked.get_by_label("Address", exact=True).get_attribute("aria-invalid") == "true"


def test_who_may_only_see_webhooks_changes_none(visit: Visits, service: Service) -> None:
    worker = holder(service, "webhooks:read")

    page = visit(WEBHOOKS, person=worker.credentials)

    heading(page, "Webhooks")
    assert page.get_by_role("button", name="Make a webhook").count() == 0


def _name() -> str:
    return f"hook_{secrets.token_hex(4)}"


def _asked_for_webhook(page: "Page", name: str, address: str) -> "Locator":
    """Return the dialog that makes a webhook, with this name and address filled in."""
    page.get_by_role("button", name="Make a webhook").click()
    asked = dialog(page, "A new webhook")
    asked.get_by_label("Name", exact=True).fill(name)
    asked.get_by_label("Address", exact=True).fill(address)
    return asked


def _make(page: "Page", name: str, receiver: Receiver) -> str:
    """Make a webhook and return its secret."""
    asked = _asked_for_webhook(page, name, receiver.url)
    asked.get_by_label("All events, also those that come later").uncheck()
    asked.get_by_label("user.email_changed").check()
    asked.get_by_role("button", name="Make the webhook").click()
    shown = dialog(page, f"The secret of {name}")
    secret: str = shown.get_by_label("Secret").input_value()
    shown.get_by_role("button", name="Close, I have stored it").click()
    return secret
