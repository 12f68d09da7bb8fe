"""The code that the documents show of the clients is code that their types allow."""

import re
import subprocess
import textwrap
from pathlib import Path

import pytest

from infra.clients import environments
from infra.local import ROOT
from tests.clients.conftest import CLIENTS, Node

pytestmark = pytest.mark.clients

DOCUMENTS = ("README.md", "docs/clients.md")
# what the reader has anyway
TYPESCRIPT = """import type { State } from "users-service-client";
declare const email: string, passw: string, code: string;
declare function render(state: State): void;
declare function wait(seconds: number | undefined): void;
"""
PYTHON = """
async def example(
    email: str, passw: str, name: str, SERVICE_TOKEN: str, ISSUER: str, AUDIENCE: str, JWKS_URL: str
) -> None:
"""


def _blocks(document: str, language: str) -> list[str]:
    text = (ROOT / document).read_text(encoding="utf-8")
    found = re.findall(rf"^```{language}\n(.*?)^```$", text, re.DOTALL | re.MULTILINE)
    assert found
    return found


@pytest.mark.parametrize("document", DOCUMENTS)
def test_typescript_that_is_shown_has_the_right_types(
    document: str, node: Node, tmp_path: Path
) -> None:
    (tmp_path / "node_modules").mkdir()
    (tmp_path / "node_modules" / "users-service-client").symlink_to(CLIENTS / "typescript")
    (tmp_path / "package.json").write_text('{"type": "module"}')
    names = []
    for number, block in enumerate(_blocks(document, "ts")):
        names.append(f"{number}.ts")
        (tmp_path / names[-1]).write_text(TYPESCRIPT + block, encoding="utf-8")

    done = subprocess.run(  # noqa: S603 - our own
        node.command(
            *("tsc", "--noEmit", "--strict", "--target", "es2022", "--module", "nodenext"), *names
        ),
        cwd=tmp_path,
        env=node.environment,
        capture_output=True,
        text=True,
        check=False,
    )

    assert (done.returncode, done.stdout) == (0, "")


@pytest.mark.parametrize("document", DOCUMENTS)
def test_python_that_is_shown_has_the_right_types(document: str, tmp_path: Path) -> None:
    python = next(filter(Path.exists, map(environments.python_of, environments.PYTHONS)))
    shown = [tmp_path / f"{number}.py" for number, _ in enumerate(_blocks(document, "python"))]
    for path, block in zip(shown, _blocks(document, "python"), strict=True):
        path.write_text(PYTHON + textwrap.indent(block, "    "), encoding="utf-8")

    done = subprocess.run(  # noqa: S603 - our own
        [str(python), "-m", "mypy", "--strict", "--scripts-are-modules", *map(str, shown)],
        cwd=CLIENTS / "python",
        capture_output=True,
        text=True,
        check=False,
    )

    assert done.returncode == 0, done.stdout
