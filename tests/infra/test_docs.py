"""What `make docs` writes: it is up to date, and true."""

import re
from collections.abc import Iterable
from pathlib import Path

import pytest

from infra import made_files
from infra.docs import endpoints, generated, route_table
from infra.local import ROOT
from tests.support.register import ALL


def test_what_is_generated_is_up_to_date() -> None:
    outdated = [str(path.relative_to(ROOT)) for path in made_files.outdated(generated.files())]

    assert outdated == [], "make docs writes them anew"


@pytest.mark.parametrize("name", generated.TABLES)
def test_each_table_stands_in_one_place(name: str) -> None:
    texts = [path.read_text(encoding="utf-8") for path in generated.documents()]

    assert sum(text.count(f"\n<!-- {name} -->\n") for text in texts) == 1


def test_endpoints_are_told_with_the_permission_that_each_asks_for() -> None:
    entry = re.compile(r"^- `(\w+) (\S+)` \(\w+(?:, `(\S+)`)?\):", re.MULTILINE)
    told = entry.findall(endpoints.listing())

    assert sorted(told) == sorted((it.method, it.path, it.permission or "") for it in ALL)


def test_routes_are_those_of_the_endpoints() -> None:
    named = re.findall(r'^    \("(\w+)", "(.+)"\),$', route_table.module(), re.MULTILINE)

    assert sorted(named) == sorted((it.method, it.path) for it in ALL)


def test_marks_that_name_no_table_are_refused() -> None:
    with pytest.raises(generated.UnknownTableError):
        generated.with_tables("<!-- nothing -->\n<!-- /nothing -->\n")


def test_text_around_a_table_stays_as_it_is() -> None:
    text = "before\n<!-- costs -->\nold\n<!-- /costs -->\nafter\n"

    written = generated.with_tables(text)

    assert written.startswith("before\n<!-- costs -->\n| Call |")
    assert written.endswith(" |\n<!-- /costs -->\nafter\n")


def test_every_test_that_a_document_names_is_there() -> None:
    documents = [ROOT / "README.md", *(ROOT / "docs").glob("*.md")]
    # an endpoint may be called so, too
    folders = (ROOT / "tests", ROOT / "clients" / "python" / "tests", ROOT / "functions")
    files = [path for folder in folders for path in folder.rglob("test_*.py")]
    declared = set(re.findall(r"^def (test_\w+)", _text_of(files), re.MULTILINE))

    named = set(re.findall(r"\btest_\w+", _text_of(documents)))

    assert named
    assert named - declared - {path.stem for path in files} == set()


def _text_of(paths: Iterable[Path]) -> str:
    return "\n".join(path.read_text(encoding="utf-8") for path in paths)


def _prose(path: Path) -> str:
    """Return a document without its code, however far that is indented."""
    return re.sub(
        r"^ *```.*?^ *```$", "", path.read_text(encoding="utf-8"), flags=re.DOTALL | re.MULTILINE
    )


@pytest.mark.parametrize("path", generated.documents(), ids=lambda path: "/".join(path.parts[-2:]))
def test_lines_fit_a_window(path: Path) -> None:
    longest = 100 if path.name == "README.md" else 120
    lines = [
        line
        for line in _prose(path).splitlines()
        # a table's row is one line, and neither a link nor a command goes on in the next
        if not line.startswith("|") and "](" not in line and "`aws " not in line
    ]

    assert [line for line in lines if len(line) > longest and not line.startswith("    ")] == []


def test_readme_fits_three_screens() -> None:
    assert len((ROOT / "README.md").read_text(encoding="utf-8").splitlines()) <= 130
