"""Names for devices."""

import subprocess
import sys

import pytest

from accounts.access import devices
from infra.local import ROOT

WINDOWS = "Mozilla/5.0 (Windows NT 10.0; Win64; x64)"
MAC = "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7)"
ANDROID = "Mozilla/5.0 (Linux; Android 10; K)"
IPHONE = "Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X)"
BLINK = "AppleWebKit/537.36 (KHTML, like Gecko)"
LABELS = {
    f"{WINDOWS} {BLINK} Chrome/126.0.0.0 Safari/537.36": "Chrome 126 on Windows",
    f"{WINDOWS} {BLINK} Chrome/126.0.0.0 Safari/537.36 Edg/126.0.0.0": "Edge 126 on Windows",
    "Mozilla/5.0 (X11; Linux x86_64; rv:126.0) Gecko/20100101 Firefox/126.0": (
        "Firefox 126 on Linux"
    ),
    f"{MAC} AppleWebKit/605.1.15 (KHTML, like Gecko) Version/17.5 Safari/605.1.15": (
        "Safari 17 on macOS"
    ),
    f"{ANDROID} {BLINK} Chrome/126.0.0.0 Mobile Safari/537.36": "Chrome 126 on Android",
    f"{IPHONE} AppleWebKit/605.1.15 (KHTML, like Gecko) Version/17.5 Mobile/15E148 Safari/604.1": (
        "Safari 17 on iOS"
    ),
    f"{IPHONE} AppleWebKit/605.1.15 (KHTML, like Gecko) CriOS/126.0 Mobile/15E148 Safari/604.1": (
        "Chrome 126 on iOS"
    ),
    "curl/8.7.1": "curl 8",
}


@pytest.mark.parametrize(("user_agent", "label"), LABELS.items(), ids=LABELS.values())
def test_device_has_a_name_that_its_owner_recognises(user_agent: str, label: str) -> None:
    assert devices.label(user_agent) == label


@pytest.mark.parametrize("user_agent", ["", " ", "?", "\x1b[31m", "<script>", "😀" * 100])
def test_what_nobody_knows_has_a_name_too(user_agent: str) -> None:
    assert devices.label(user_agent) == "Unknown device"


def test_only_the_beginning_of_a_long_text_is_looked_at() -> None:
    browser = next(iter(LABELS))

    assert devices.label(browser + " " * 300 + "Firefox/1.0") == devices.label(browser)
    assert devices.label("x" * 256 + browser) == "Unknown device"


def test_parser_is_loaded_only_where_devices_are_named() -> None:
    script = (
        "import sys; from accounts.access import devices; from accounts.edge import views; "
        "assert 'ua_parser' not in sys.modules;"
        "devices.label('curl/8.7.1'); assert 'ua_parser' in sys.modules"
    )

    subprocess.run([sys.executable, "-c", script], cwd=ROOT / "layers/shared", check=True)  # noqa: S603 - our own script
