"""What people do on the pages of /account, for tests that begin there."""

import base64
import time
from collections.abc import Mapping
from typing import TYPE_CHECKING

from accounts.credentials import totp
from tests.support.visits import heading

if TYPE_CHECKING:
    from playwright.sync_api import Page

SIGN_IN = "/account/sign-in"


def fill_in(page: "Page", person: Mapping[str, str]) -> None:
    """Type e-mail and password on the page to sign in, and send them."""
    page.get_by_label("E-mail").fill(person["email"])
    page.get_by_label("Password", exact=True).fill(person["passw"])
    page.get_by_role("button", name="Sign in", exact=True).click()


def sign_in(page: "Page", person: Mapping[str, str]) -> None:
    """Sign in, and wait for what comes first."""
    fill_in(page, person)
    heading(page, "Your account")


class App:
    """An authenticator app with a secret, which shows each code once, as each counts once."""

    def __init__(self, secret: str) -> None:
        self._secret = base64.b32decode(secret)
        # that of the step before this one is good, too: so there are two codes at once
        self._step = int(time.time()) // totp.STEP_SECONDS - 1
        self.recovery_codes: list[str] = []

    def code(self) -> str:
        """Return the next code that works."""
        step = self._step
        self._step += 1
        return totp.code(self._secret, step)


def set_up_app(page: "Page") -> App:
    """Set an authenticator app up on the page that asks for it, and read the recovery codes."""
    app = App(page.locator("main code").inner_text())
    page.get_by_label("The six digits that the app shows now").fill(app.code())
    page.get_by_role("button", name="Turn it on").click()
    heading(page, "Keep your recovery codes")
    codes = page.get_by_role("list", name="Recovery codes").get_by_role("listitem")
    app.recovery_codes = codes.all_inner_texts()
    return app
