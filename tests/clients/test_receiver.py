"""The receiver in docs/events.md that is for Node, run as it stands there."""

from pathlib import Path

import pytest

from tests.clients.conftest import CLIENTS, NODES
from tests.support import receivers

pytestmark = pytest.mark.clients


@pytest.mark.parametrize("version", NODES)
def test_node_receiver_takes_what_is_signed_once_and_nothing_else(
    version: str, tmp_path: Path
) -> None:
    (tmp_path / "node_modules").symlink_to(CLIENTS / "node_modules")
    (tmp_path / "receiver.mjs").write_text(receivers.shown("js"), encoding="utf-8")

    receivers.check([str(NODES[version] / "bin" / "node"), "receiver.mjs"], tmp_path)
