"""The modules of the Python client that the contract decides over, as they should be."""

import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

from infra.clients import answer_types, call_functions, contract
from infra.local import ROOT

PACKAGE = ROOT / "clients" / "python" / "src" / "users_client"


def modules() -> Mapping[Path, str]:
    """Return the text of each module, by where it belongs."""
    read = contract.read()
    texts = {"answers.py": answer_types.module(read), "calls.py": call_functions.module(read)}
    return {PACKAGE / name: _formatted(text) for name, text in texts.items()}


def _formatted(text: str) -> str:
    done = subprocess.run(  # noqa: S603 - our own
        [sys.executable, "-m", "ruff", "format", "--stdin-filename", str(PACKAGE / "it.py"), "-"],
        input=text,
        capture_output=True,
        text=True,
        check=True,
    )
    return done.stdout
