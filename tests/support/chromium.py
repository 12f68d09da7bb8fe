"""A headless Chromium, driven by Playwright."""

import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from playwright.sync_api import Browser

BROWSERS = ("chromium", "chromium-browser", "google-chrome")
FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)


@contextmanager
def launcher() -> Iterator[Callable[..., "Browser"]]:
    """Hand out what starts a browser with the flags it is given, while the context lasts."""
    from playwright.sync_api import sync_playwright  # noqa: PLC0415 - may not be there

    found = path()
    assert found, f"None of {', '.join(BROWSERS)} is installed; CHROMIUM=path names another"
    with sync_playwright() as playwright:

        def start(*flags: str) -> "Browser":
            return playwright.chromium.launch(executable_path=found, args=[*FLAGS, *flags])

        yield start


def path() -> str | None:
    """Return where Chromium is on this machine, if it is there."""
    return os.environ.get("CHROMIUM") or next(filter(None, map(shutil.which, BROWSERS)), None)
