"""The service as `make run` starts it, pages around it, and a browser to visit both with."""

import contextlib
import functools
import importlib.util
from collections.abc import Callable, Iterator, Mapping
from typing import TYPE_CHECKING

import pytest

from tests.support import chromium
from tests.support.console_pages import Account, holder
from tests.support.looks import AT_A_DESK, Look, finding_russian
from tests.support.register import HEALTH
from tests.support.running import Service, pages, running, signed_up
from tests.support.tabs import Tab
from tests.support.visits import Visits

if TYPE_CHECKING:
    from playwright.sync_api import Browser, BrowserContext

# `make browser` installs Playwright; who runs other tests need not have it
if importlib.util.find_spec("playwright") is None:
    collect_ignore_glob = ["test_*.py"]


@pytest.fixture(scope="session")
def front_end() -> Iterator[str]:
    """The origin of a front-end that the service allows to call it."""
    with pages() as port:
        yield f"http://localhost:{port}"


@pytest.fixture(scope="session")
def stranger_port() -> Iterator[int]:
    """The port of pages that the service knows nothing of."""
    with pages() as port:
        yield port


@pytest.fixture(scope="session")
def service(front_end: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    parameters = {"SelfSignUp": "true", "EmailCodes": "true", "ReturnTo": front_end}
    folder = tmp_path_factory.mktemp("service")
    with running(folder, "--origins", front_end, **parameters) as service:
        yield service


@pytest.fixture(scope="session")
def launch() -> Iterator[Callable[..., "Browser"]]:
    """Start a browser with these flags; it ends with the tests."""
    with chromium.launcher() as start:
        yield start


@pytest.fixture(scope="session")
def browser(launch: Callable[..., "Browser"]) -> Iterator["Browser"]:
    with launch() as browser:
        yield browser


@pytest.fixture
def profile(browser: "Browser") -> Iterator["BrowserContext"]:
    """A new browser profile, with a cookie jar of its own."""
    with browser.new_context() as context:
        yield context


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Run a test once for each look that its closest mark names: ``@pytest.mark.looks(...)``."""
    mark = metafunc.definition.get_closest_marker("looks")
    if mark and "look" in metafunc.fixturenames:
        names = [f"{look.language}-{look.width}" for look in mark.args]
        metafunc.parametrize("look", mark.args, ids=names, indirect=True)


@pytest.fixture
def look(request: pytest.FixtureRequest) -> Iterator[Look]:
    """In which language and how wide pages are, where a test does not say."""
    look: Look = getattr(request, "param", AT_A_DESK)
    with contextlib.nullcontext() if look.language == "en" else finding_russian():
        yield look


@pytest.fixture
def visit(browser: "Browser", service: Service, look: Look) -> Iterator[Visits]:
    """Open the service's own pages: ``visit("/account", person=credentials, language="ru")``.

    The test fails of whatever goes wrong on one, whether it looks or not.
    """
    visits = Visits(browser, service, look.language, look.width)
    yield visits
    visits.close()
    assert visits.faults == []


@pytest.fixture
def open_tab(profile: "BrowserContext", service: Service) -> Callable[[str], Tab]:
    """Open a tab of that profile at an address, from where it calls the service."""
    return functools.partial(Tab.at, profile, service.origin)


@pytest.fixture
def tab(open_tab: Callable[[str], Tab], service: Service) -> Tab:
    """A tab that shows something of the service's own, so that it may ask it anything."""
    return open_tab(f"{service.origin}{HEALTH.path}")


@pytest.fixture(scope="module")
def worker(service: Service) -> Account:
    """An administrator, who works in the console."""
    return holder(service, "*")


@pytest.fixture
def credentials(service: Service) -> Mapping[str, str]:
    """E-mail and password of a new person."""
    return signed_up(service)


@pytest.fixture
def signed_in(tab: Tab, credentials: Mapping[str, str]) -> Tab:
    """The tab, after a log-in with cookies."""
    assert tab.log_in(credentials).status == 200
    return tab
