"""The session file is there, whole and private, exactly as long as its run."""

import io
import json
import stat
from pathlib import Path

from infra.local.output import HeldOutput
from infra.local.session import published


def test_file_lasts_as_long_as_the_run(tmp_path: Path) -> None:
    path = tmp_path / "local" / "session.json"

    with published(path, {"base_url": "http://x"}):
        assert json.loads(path.read_text()) == {"base_url": "http://x"}
        assert stat.S_IMODE(path.stat().st_mode) == 0o600
        assert list(path.parent.iterdir()) == [path]

    assert list(path.parent.iterdir()) == []


def test_file_of_a_later_run_outlives_the_earlier_run(tmp_path: Path) -> None:
    path = tmp_path / "session.json"

    with published(path, {"run": 2}):
        with published(path, {"run": 1}):
            path.write_text('{"run": 2}')

        assert json.loads(path.read_text()) == {"run": 2}


def test_output_waits_for_its_release() -> None:
    screen = io.StringIO()
    output = HeldOutput(screen)

    output.write("log 1\n")
    screen.write("welcome\n")
    output.release()
    output.write("log 2\n")

    assert screen.getvalue() == "welcome\nlog 1\nlog 2\n"
