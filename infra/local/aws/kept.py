"""What outlives a run: its tables, keys and administrator's password, in a folder.

DynamoDB Local keeps the tables where there is Java, and else moto does, which keeps the keys
either way. The first run decides, since the one cannot read what the other has written.
"""

import fcntl
import logging
import os
import secrets
import shutil
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

from infra.local.aws import moto_state
from infra.local.aws.dynamodb_local import DynamoDBLocalError, dynamodb_local
from infra.local.aws.embedded import leave_the_shells_aws
from infra.local.aws.resources import OtherTableError
from infra.local.cannot_run import CannotRunError

PASSWORD_BYTES = 12

log = logging.getLogger(__name__)


class KeptError(CannotRunError):
    """What was kept cannot be used now; the text says why."""


@dataclass(frozen=True)
class Kept:
    """What a run begins with: where its tables are, and the administrator's password.

    ``dynamodb_url`` is None for moto's tables. ``save`` keeps what moto has by then.
    """

    dynamodb_url: str | None
    administrator_password: str = field(repr=False)
    save: Callable[[], object]


def nothing_kept(dynamodb_url: str | None = None) -> Kept:
    """Return what a run begins with that leaves nothing behind."""
    return Kept(dynamodb_url, _new_password(), lambda: None)


@contextmanager
def kept(folder: Path, dynamodb_url: str | None = None) -> Iterator[Kept]:
    """Give what earlier runs have left in ``folder``; at the end, leave what there is then.

    ``dynamodb_url`` names a DynamoDB that keeps the tables by itself.

    Raises:
        KeptError: another run uses the folder, or what is there is of another version.
        DynamoDBLocalError: what is there needs it, and it does not start.
    """
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    state = folder / "moto.pickle"
    with ExitStack() as running:
        running.enter_context(_alone(folder))
        # moto would look for the shell's profile
        leave_the_shells_aws()
        try:
            moto_state.load(state)
        except moto_state.MotoStateError as error:
            raise _useless(folder, error) from error
        url = dynamodb_url or _dynamodb(folder / "dynamodb", state, running)
        save = partial(moto_state.save, state)
        running.callback(save)
        try:
            yield Kept(url, _password(folder / "administrator"), save)
        except OtherTableError as error:
            raise _useless(folder, error) from error


def _useless(folder: Path, error: Exception) -> KeptError:
    return KeptError(f"{error}. To begin anew, remove {folder}")


@contextmanager
def _alone(folder: Path) -> Iterator[None]:
    with (folder / "lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise KeptError(f"Another run keeps its data in {folder}") from None
        yield


def _dynamodb(data: Path, state: Path, running: ExitStack) -> str | None:
    if state.exists() and not data.exists():
        return None
    is_first = not data.exists()
    try:
        return running.enter_context(dynamodb_local(data_directory=data))
    except DynamoDBLocalError as error:
        if not is_first:
            raise
        log.info("moto keeps the tables, and writes them when this stops. %s", error)
        shutil.rmtree(data, ignore_errors=True)
        return None


def _password(file: Path) -> str:
    if file.exists():
        return file.read_text(encoding="utf-8")
    password = _new_password()
    with os.fdopen(os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as stream:
        stream.write(password)
    return password


def _new_password() -> str:
    return secrets.token_urlsafe(PASSWORD_BYTES)
