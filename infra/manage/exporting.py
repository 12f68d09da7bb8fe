"""Writing all accounts to a file of JSON lines.

The accounts are scanned in DynamoDB's own order, with consistent reads, into a file beside the
one asked for, which takes its place when it is complete. The last account in it is where an
interrupted export goes on. A note beside it says of which table it is and since when.
"""

import fcntl
import json
import os
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import IO, Any

from accounts import clock, settings
from accounts.errors import UnavailableError
from accounts.storage.dynamodb import unavailable_on_failure
from accounts.storage.tables import User
from infra.manage import private_files, user_lines
from infra.manage.problems import RefusedError
from infra.manage.progress import Advance
from infra.manage.retries import retried_until_available

PAGE = 1000


@dataclass(frozen=True)
class Exported:
    """An export: how many accounts, as they were between two moments."""

    count: int
    began_at: datetime
    ended_at: datetime
    continued: bool


def about_how_many() -> int | None:
    """Return how many accounts there were some hours ago, or None if DynamoDB does not say."""
    try:
        with unavailable_on_failure():
            count: int = User.describe_table()["ItemCount"]
    except UnavailableError:
        # not every operator may ask, and nothing but a progress bar depends on it
        return None
    return count or None


def export_users(path: Path, advance: Advance, *, with_hashes: bool) -> Exported:
    """Write every account to the file, or go on with an export to it that was interrupted.

    Password hashes are in it only ``with_hashes``.

    Raises:
        RefusedError: there is such a file already, or another export is writing it.
        UnavailableError: DynamoDB did not answer; what is written stays to go on from.
        OSError: the file cannot be written.
    """
    part = path.with_name(f"{path.name}.part")
    note = path.with_name(f"{path.name}.part.json")
    _require_new(path)
    with private_files.opened(part) as file:
        _lock(file, path)
        # again, since another export may have ended before this one got its turn
        _require_new(path)
        before = _earlier_part(
            file, note, {"table": settings.current().users_table, "with_hashes": with_hashes}
        )
        count = before.count
        advance(count)
        for page in _pages(before.last_id):
            lines = (user_lines.written(user, with_hash=with_hashes) for user in page)
            file.writelines(f"{line}\n".encode() for line in lines)
            file.flush()
            count += len(page)
            advance(len(page))
        os.fsync(file.fileno())
        part.replace(path)
    note.unlink()
    return Exported(count, before.began_at, clock.now(), continued=before.count > 0)


@dataclass(frozen=True)
class _Part:
    began_at: datetime
    count: int
    last_id: int | None


def _require_new(path: Path) -> None:
    if path.exists():
        raise RefusedError(f"{path} is there already. Remove it or choose another name.")


def _lock(file: IO[bytes], path: Path) -> None:
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError as error:
        raise RefusedError(f"Another export is writing {path}. Wait for it.") from error


def _earlier_part(file: IO[bytes], note: Path, asked: Mapping[str, object]) -> _Part:
    """Return what an interrupted export left, with the file cut to its last whole line.

    Raises:
        RefusedError: that was to be another one than is ``asked`` for.
    """
    size, count, last_line = 0, 0, b""
    for line in file:
        if line.endswith(b"\n"):
            size, count, last_line = size + len(line), count + 1, line
    if not count or not note.exists():
        began_at = clock.now()
        private_files.replace(note, [json.dumps({**asked, "began_at": began_at.isoformat()})])
        file.seek(0)
        file.truncate()
        return _Part(began_at, 0, None)
    noted = json.loads(note.read_text(encoding="utf-8"))
    if {name: noted.get(name) for name in asked} != asked:
        raise RefusedError(
            f"{note} tells of an unfinished export of another deployment, or with other options."
            " Finish that, or remove it, or choose another name."
        )
    file.seek(size)
    file.truncate()
    return _Part(datetime.fromisoformat(noted["began_at"]), count, json.loads(last_line)["id"])


def _pages(last_id: int | None) -> Iterator[Sequence[User]]:
    start: dict[str, dict[str, Any]] | None = {"id": {"N": str(last_id)}} if last_id else None
    while True:
        page, start = retried_until_available(partial(_page, start), time.sleep)
        yield page
        if start is None:
            return


def _page(
    start: dict[str, dict[str, Any]] | None,
) -> tuple[Sequence[User], dict[str, dict[str, Any]] | None]:
    with unavailable_on_failure():
        found = User.scan(
            consistent_read=True, limit=PAGE, page_size=PAGE, last_evaluated_key=start
        )
        return list(found), found.last_evaluated_key
