"""The file that tells scripts and tests where the running stack is and how to get in."""

import json
import os
import socket
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from infra.local import ROOT


class NothingRunsError(Exception):
    """There is no running stack; the text says how to have one."""


def file() -> Path:
    """Return where it is: at ``$SESSION``, or in ``.local``."""
    return Path(os.environ.get("SESSION") or ROOT / ".local" / "session.json")


def free(path: Path, port: int) -> Path:
    """Return ``path``, or while another run has its own there, one beside it with the port."""
    try:
        read(path)
    except (NothingRunsError, ValueError, KeyError, TypeError):
        return path
    return path.with_stem(f"{path.stem}-{port}")


@contextmanager
def published(path: Path, session: Mapping[str, Any]) -> Iterator[None]:
    """Keep ``session`` as JSON at ``path`` while the context lasts.

    The file appears whole, and only its owner may read it, for it holds live tokens. At the end
    it goes, unless another run has put its own there meanwhile.
    """
    text = json.dumps(session, indent=2) + "\n"
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    # mkstemp makes files of mode 0600
    descriptor, temporary = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    with os.fdopen(descriptor, "w", encoding="utf-8") as stream:
        stream.write(text)
    Path(temporary).replace(path)
    try:
        yield
    finally:
        if path.is_file() and path.read_text(encoding="utf-8") == text:
            path.unlink()


def read(path: Path) -> dict[str, Any]:
    """Return what the running stack has written at ``path``.

    Raises:
        NothingRunsError: none has, or the one that has does not run any more.
    """
    try:
        session: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise NothingRunsError(
            f"Nothing runs here, as there is no {path}. Start it: make run"
        ) from None
    if not _is_listened_on(session["aws"]["endpoint_url"]):
        raise NothingRunsError(f"What {path} tells of has ended. Start it anew: make run")
    return session


def _is_listened_on(url: str) -> bool:
    address = urlsplit(url)
    with socket.socket() as client:
        return client.connect_ex((address.hostname, address.port)) == 0
