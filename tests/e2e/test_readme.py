"""The README's session, replayed word for word against a running `make run`."""

import json
import os
import re
import subprocess
from pathlib import Path
from typing import Any

import pytest

from infra.local.walk import steps

ROOT = Path(__file__).parents[2]
README = (ROOT / "README.md").read_text(encoding="utf-8")
TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ")
ANYTHING = "…"

pytestmark = pytest.mark.readme


@pytest.fixture(scope="session")
def session_file() -> Path:
    """What the running service wrote down about itself."""
    return Path(os.environ["SESSION"]).resolve()


def test_the_session_goes_as_shown(session_file: Path) -> None:
    marker = "--- end of step ---"
    session = list(steps(README))
    script = "".join(f"{step.commands}\necho; echo '{marker}'\n" for step in session)

    done = subprocess.run(  # noqa: S603 - the script is our own README
        ["bash", "-euo", "pipefail", "-c", script],  # noqa: S607 - the bash of the machine
        cwd=session_file.parents[1],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )

    assert done.returncode == 0, done.stderr
    printed = done.stdout.split(marker)
    assert len([step for step in session if step.shown]) >= 7
    for step, answer in zip(session, printed, strict=False):
        if step.shown:
            assert _alike(json.loads(step.shown), json.loads(answer)), f"{step.commands}\n{answer}"


def test_the_comparison_notices_a_difference() -> None:
    shown = {"a": ["2026-11-23T10:55:57Z", 1, ANYTHING], "b": "text"}

    assert _alike(shown, {"a": ["2027-01-01T00:00:00Z", 2, "x"], "b": "text"})
    assert not _alike(shown, {"a": ["2027-01-01T00:00:00Z", 2, "x"], "b": "other"})
    assert not _alike(shown, {"a": ["soon", 2, "x"], "b": "text"})
    assert not _alike(shown, {"a": ["2027-01-01T00:00:00Z", "2", "x"], "b": "text"})
    assert not _alike(shown, {"a": ["2027-01-01T00:00:00Z", 2, "x"]})
    assert not _alike(True, False)


def _alike(shown: Any, answer: Any) -> bool:  # noqa: ANN401 - any JSON
    """Say whether an answer is the one shown, apart from ids, times and what is left out."""
    if type(shown) is not type(answer):
        return False
    if isinstance(shown, dict):
        return shown.keys() == answer.keys() and all(_alike(shown[k], answer[k]) for k in shown)
    if isinstance(shown, list):
        return len(shown) == len(answer) and all(map(_alike, shown, answer))
    if isinstance(shown, str):
        return _alike_text(shown, answer)
    return bool(shown == answer) if isinstance(shown, bool) else True


def _alike_text(shown: str, answer: str) -> bool:
    if shown == ANYTHING:
        return bool(answer)
    if TIME.fullmatch(shown):
        return TIME.fullmatch(answer) is not None
    return shown == answer
