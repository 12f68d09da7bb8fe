"""The session file is there, whole and private, exactly as long as its run."""

import io
import json
import socket
import stat
from pathlib import Path

import pytest

from infra.local.output import HeldOutput
from infra.local.server import address, listen
from infra.local.session import NothingRunsError, free, published, read


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


def test_run_beside_another_has_a_file_of_its_own(tmp_path: Path) -> None:
    path = tmp_path / "session.json"

    with listen(0) as embedded, published(path, _session(embedded)):
        assert free(path, 3001) == tmp_path / "session-3001.json"

    assert free(path, 3001) == path


@pytest.mark.parametrize(
    "left", ['{"aws": {"endpoint_url": "http://127.0.0.1:1"}}', "{}", "[]", ""]
)
def test_file_that_tells_of_no_run_is_written_anew(tmp_path: Path, left: str) -> None:
    path = tmp_path / "session.json"
    path.write_text(left)

    assert free(path, 3001) == path


def test_run_is_read_while_it_goes_on(tmp_path: Path) -> None:
    path = tmp_path / "session.json"
    with listen(0) as embedded:
        session = _session(embedded)
        path.write_text(json.dumps(session))

        assert read(path) == session

    with pytest.raises(NothingRunsError, match="has ended"):
        read(path)
    path.unlink()
    with pytest.raises(NothingRunsError, match="there is no"):
        read(path)


def _session(embedded: socket.socket) -> dict[str, object]:
    return {"aws": {"endpoint_url": address(embedded)}}


def test_output_waits_for_its_release() -> None:
    screen = io.StringIO()
    output = HeldOutput(screen)

    output.write("log 1\n")
    screen.write("welcome\n")
    output.release()
    output.write("log 2\n")

    assert screen.getvalue() == "welcome\nlog 1\nlog 2\n"
