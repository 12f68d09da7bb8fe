"""How soon /account shows something on a phone's network: ``python -m benchmarks.first_paint``.

A browser with an empty cache opens it, on a service of its own and the network that Chromium's
tools call Fast 4G. An asterisk marks a median above the budget. It wants what `make browser` makes,
and a machine that does nothing else: so it is no test.
"""

import statistics
import sys
from collections.abc import Mapping
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from tests.support import chromium
from tests.support.running import running

ROUNDS = 7
# what Chromium's tools call Fast 4G: round trips of 165 ms, 8.1 Mbit/s down and 1.35 up
NETWORK: Mapping[str, Any] = {
    "offline": False,
    "latency": 165,
    "downloadThroughput": 8.1e6 / 8,
    "uploadThroughput": 1.35e6 / 8,
}
BUDGET_MS = 1000
# of a phone, which is wide enough for nothing more
SCREEN: Any = {"width": 360, "height": 740}
_FIRST_PAINT = """() => new Promise((resolve) => new PerformanceObserver((seen, observer) => {
    const paint = seen.getEntriesByName("first-contentful-paint")[0];
    if (!paint) return;
    observer.disconnect();
    resolve(paint.startTime);
}).observe({type: "paint", buffered: true}))"""


def main() -> int:
    """Measure, print what came of it, and return the exit code."""
    with (
        TemporaryDirectory() as folder,
        running(Path(folder)) as service,
        chromium.launcher() as launch,
        launch() as browser,
    ):
        took = sorted(_first_paint(browser, f"{service.origin}/account") for _ in range(ROUNDS))
    median = statistics.median(took)
    mark = "*" if median > BUDGET_MS else ""
    spread = f"{took[0]:.0f} to {took[-1]:.0f}"
    sys.stdout.write(f"First paint of /account: {median:.0f} ms{mark} of {BUDGET_MS} ({spread})\n")
    return 0


def _first_paint(browser: Any, url: str) -> float:  # noqa: ANN401 - Playwright may not be there
    with browser.new_context(viewport=SCREEN) as context:
        page = context.new_page()
        protocol = context.new_cdp_session(page)
        protocol.send("Network.enable")
        protocol.send("Network.emulateNetworkConditions", dict(NETWORK))
        page.goto(url)
        took: float = page.evaluate(_FIRST_PAINT)
    return took


if __name__ == "__main__":
    sys.exit(main())
