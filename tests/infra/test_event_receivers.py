"""The receiver in docs/events.md that is for Python, run as it stands there."""

import sys

from tests.support import receivers


def test_python_receiver_takes_what_is_signed_once_and_nothing_else() -> None:
    receivers.check([sys.executable, "-c", receivers.shown("python")])
