"""Files that are made from something else: which are not as they should be, and making them so."""

import sys
from collections.abc import Mapping
from pathlib import Path

from infra.local import ROOT


def outdated(wanted: Mapping[Path, str]) -> Mapping[Path, str]:
    """Return those of the wanted files that are missing or have another text."""
    return {path: text for path, text in wanted.items() if text != read(path)}


def make(wanted: Mapping[Path, str]) -> None:
    """Write what is outdated, and say which files that was."""
    for path, text in outdated(wanted).items():
        path.parent.mkdir(exist_ok=True)
        path.write_text(text, encoding="utf-8")
        sys.stdout.write(f"Written: {path.relative_to(ROOT)}\n")


def read(path: Path) -> str:
    """Return the text of a file; of one that is not there, none."""
    return path.read_text(encoding="utf-8") if path.exists() else ""
