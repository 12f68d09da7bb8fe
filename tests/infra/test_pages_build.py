"""What is made of the pages that Vite builds: the same each time, and nothing that may not ship."""

import gzip
import json
import os
import subprocess
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

from infra.local import ROOT
from tests.infra.test_build import everything

pytestmark = pytest.mark.e2e

WEB = ROOT / "web"
NODE = ROOT / ".venv-node" / "bin"
PAGE = '<!doctype html>\n<head>\n<meta name="pages" content="">\n  </head>{}<body></body>'
Packed = Callable[[], subprocess.CompletedProcess[str]]


def _run(*command: str) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "PATH": f"{NODE}:{os.environ['PATH']}"}
    return subprocess.run(  # noqa: S603 - our own
        command, cwd=WEB, env=environment, capture_output=True, text=True, check=False
    )


def _pack(built: Path, folder: Path) -> subprocess.CompletedProcess[str]:
    return _run("node", "pack.mjs", str(built), str(folder))


def _build(folder: Path) -> Mapping[str, tuple[int, int, bytes]]:
    """Build anew, and return mode, time and content of each file."""
    built, packed = folder / "built", folder / "packed"
    vite = _run("npx", "vite", "build", "--outDir", str(built), "--logLevel", "warn")
    assert vite.returncode == 0, vite.stderr
    assert _pack(built, packed).returncode == 0
    return everything(packed)


@pytest.fixture
def built(tmp_path: Path) -> Path:
    """The least that Vite builds."""
    folder = tmp_path / "built"
    (folder / "assets").mkdir(parents=True)
    for area in ("account", "console"):
        (folder / f"{area}.html").write_text(PAGE.format(""), encoding="utf-8")
    (folder / "assets" / "account-1.js").write_text("let a = 1;\n" * 100, encoding="utf-8")
    (folder / "assets" / "sans-1.woff2").write_bytes(b"font")
    _licence(folder, "MIT")
    words = {
        f"src/{area}/words/{code}.ts": {"file": f"assets/{code}-1.js", "imports": [f"_{code}.js"]}
        for area in ("account", "console")
        for code in ("en", "ru")
    }
    shared = {f"_{code}.js": {"file": f"assets/{code}-2.js"} for code in ("en", "ru")}
    (folder / "manifest.json").write_text(json.dumps({**words, **shared}), encoding="utf-8")
    return folder


def _licence(folder: Path, identifier: str | None) -> None:
    bundled = {"name": "left-pad", "version": "1.3.0", "identifier": identifier, "text": "Free"}
    (folder / "licences.json").write_text(json.dumps([bundled]), encoding="utf-8")


def test_second_build_of_the_pages_is_the_same_byte_for_byte(tmp_path: Path) -> None:
    first, second = _build(tmp_path / "first"), _build(tmp_path / "second")

    assert len(first) > 20
    assert first.keys() == second.keys()
    assert [name for name, content in first.items() if second[name] != content] == []


def test_texts_are_compressed_beforehand_and_nothing_else(built: Path, tmp_path: Path) -> None:
    assert _pack(built, tmp_path / "packed").returncode == 0

    assets = tmp_path / "packed" / "assets"
    script = (built / "assets" / "account-1.js").read_bytes()
    assert gzip.decompress((assets / "account-1.js.gz").read_bytes()) == script
    assert 0 < len((assets / "account-1.js.br").read_bytes()) < len(script)
    assert [path.name for path in assets.glob("sans*")] == ["sans-1.woff2"]


def test_page_names_its_words_by_their_language(built: Path, tmp_path: Path) -> None:
    assert _pack(built, tmp_path / "packed").returncode == 0

    page = (tmp_path / "packed" / "console.html").read_text(encoding="utf-8")
    for code in ("en", "ru"):
        for number in (1, 2):
            assert f'href="/assets/{code}-{number}.js" hreflang="{code}">' in page


def test_files_of_the_build_before_go(built: Path, tmp_path: Path) -> None:
    assert _pack(built, tmp_path / "packed").returncode == 0
    (built / "assets" / "account-1.js").rename(built / "assets" / "account-2.js")

    assert _pack(built, tmp_path / "packed").returncode == 0

    names = {path.name for path in (tmp_path / "packed" / "assets").glob("account-*.js")}
    assert names == {"account-2.js"}
    assert {path.name for path in tmp_path.iterdir()} == {"built", "packed"}


@pytest.mark.parametrize("identifier", ["GPL-3.0-only", "SEE LICENSE IN LICENSE", None])
def test_package_under_another_licence_ends_the_build(
    built: Path, tmp_path: Path, identifier: str | None
) -> None:
    _licence(built, identifier)

    ended = _pack(built, tmp_path / "packed")

    assert ended.returncode == 1
    assert "left-pad is under" in ended.stderr
    assert not (tmp_path / "packed").exists()


@pytest.mark.parametrize(
    "inline", ["<script>1</script>", "<style>a{}</style>", '<p style="color: red">']
)
def test_page_that_its_own_policy_would_refuse_ends_the_build(
    built: Path, tmp_path: Path, inline: str
) -> None:
    (built / "account.html").write_text(PAGE.format(inline), encoding="utf-8")

    ended = _pack(built, tmp_path / "packed")

    assert ended.returncode != 0
    assert "its policy refuses" in ended.stderr


def test_page_without_a_place_for_its_settings_ends_the_build(built: Path, tmp_path: Path) -> None:
    (built / "console.html").write_text("<!doctype html><head></head>", encoding="utf-8")

    assert _pack(built, tmp_path / "packed").returncode != 0
