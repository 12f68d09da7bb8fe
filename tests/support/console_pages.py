"""Who works in the console, on whom, and what is to be seen there, for tests that begin there."""

import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from tests.support.register import SAVE_ROLE, SHOW_USER, SIGN_UP, UPDATE_USER
from tests.support.running import PASSWORD, Service

if TYPE_CHECKING:
    from playwright.sync_api import Locator, Page

PEOPLE = "/console/people"


@dataclass(frozen=True)
class Account:
    """A person who has an account."""

    id: int
    name: str
    email: str

    @property
    def credentials(self) -> Mapping[str, str]:
        """Return what they sign in with."""
        return {"email": self.email, "passw": PASSWORD}

    @property
    def page(self) -> str:
        """Return where the console has them."""
        return f"{PEOPLE}/{self.id}"


def person(service: Service, name: str = "Anna Example", language: str = "en") -> Account:
    """Have a new person signed up."""
    email = f"{secrets.token_hex(8)}@example.com"
    body = {"email": email, "passw": PASSWORD, "name": name, "language": language}
    created = service.call(*SIGN_UP.at(), service.service_token, body)
    return Account(created["id"], name, email)


def holder(
    service: Service, *permissions: str, language: str = "en", second_factor: bool = False
) -> Account:
    """Have a new person signed up who has these permissions and no others; ``*`` are all.

    Their role may demand a ``second_factor``, unless that is the administrator's.
    """
    role = "administrator"
    if permissions != ("*",):
        role = f"role_{secrets.token_hex(8)}"
        title = {"en": f"Title of {role}", "ru": f"Название {role}"}
        body: Any = {"title": title, "permissions": permissions, "second_factor": second_factor}
        service.call(*SAVE_ROLE.at(name=role), service.administrator_token, body)
    account = person(service, "Olga Worker", language)
    service.call(*UPDATE_USER.at(user_id=account.id), service.administrator_token, {"role": role})
    return account


def shown(service: Service, account: Account) -> Any:  # noqa: ANN401 - JSON
    """Return what the service tells of an account."""
    return service.call(*SHOW_USER.at(user_id=account.id), service.administrator_token)


def row(page: "Page", text: str) -> "Locator":
    """Return the row of a table in which this stands."""
    return page.get_by_role("row").filter(has_text=text)


def rows(page: "Page", count: int) -> None:
    """Wait until the table of the page has so many rows."""
    page.locator(f"tbody tr:nth-child({count}):last-child").wait_for()


def dialog(page: "Page", name: str) -> "Locator":
    """Return the dialog of this title."""
    return page.get_by_role("dialog", name=name, exact=True)


def said(page: "Page", text: str) -> "Locator":
    """Wait for the message that says what was done, and return it."""
    message = page.locator(".messages").filter(has_text=text)
    message.wait_for()
    return message
