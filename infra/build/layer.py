"""The command ``python -m infra.build.layer``: build what the functions share.

Two builds of one commit, with the same Python at hand, are the same byte for byte.
"""

import argparse
import os
import shutil
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

from infra.build import bytecode, deferring, interpreter, mails, trimming, wheels
from infra.build.target import MACHINES, ROOT, Target

SOURCES = ROOT / "layers" / "shared"
# where Python looks in a layer that Lambda has unpacked
MOUNT = Path("/opt/python")
# the earliest that a ZIP file can hold
EPOCH_SECONDS = 315_532_800
FAILURES = (
    *(mails.MailsError, wheels.WheelsError),
    *(deferring.DeferralError, bytecode.BytecodeError),
)
WITHOUT_BYTECODE = """
{line}
  NO BYTECODE: there is no Python {python} on this machine, and it could not be fetched.
  The layer works, but every cold start compiles it anew and takes 3 to 4 times as long.
  Install Python {python} (pyenv install {python}, or apt-get install python{python}), build again.
{line}
"""


def main(arguments: Sequence[str] | None = None) -> int:
    """Build a layer, say what it is, and return the exit code."""
    options = _parser().parse_args(arguments)
    target = Target(options.architecture, options.python)
    python = interpreter.find(target) or interpreter.fetch(target)
    try:
        build(options.output, target, python)
    except FAILURES as error:
        sys.stderr.write(f"{error}\n")
        return 1
    size = size_bytes(options.output) / 1e6
    # sam shows what is written to the standard output, and only that
    sys.stdout.write(f"Layer for Python {target.python} on {target.architecture}: {size:.1f} MB\n")
    if python is None:
        sys.stdout.write(WITHOUT_BYTECODE.format(line="*" * 88, python=target.python))
    return 0


def build(output: Path, target: Target, python: Path | None) -> None:
    """Build the layer in the folder ``output``, with bytecode by ``python`` unless that is None.

    Raises:
        MailsError: the deployer's own mails are not as they have to be.
        WheelsError: a locked package cannot be had.
        DeferralError: a package is not as expected.
        BytecodeError: a module does not compile.
    """
    own_mails = mails.checked(mails.FOLDER)
    packages, licences = _contents(output)
    for folder in (packages, licences):
        shutil.rmtree(folder, ignore_errors=True)
    wheels.install(SOURCES / "requirements.txt", packages, target)
    trimming.trim(packages, licences)
    deferring.defer_imports(packages)
    ignored = shutil.ignore_patterns("__pycache__")
    shutil.copytree(SOURCES / "accounts", packages / "accounts", ignore=ignored)
    if own_mails is not None:
        mails.install(own_mails, packages / "accounts")
    if python is not None:
        bytecode.compile_all(packages, python, MOUNT)
    _make_uniform(output)


def size_bytes(output: Path) -> int:
    """Return how much the files of a layer hold, as Lambda counts it when it is unpacked."""
    return sum(path.stat().st_size for path in _everything(output) if path.is_file())


def _contents(output: Path) -> tuple[Path, Path]:
    return output / "python", output / "licences"


def _make_uniform(output: Path) -> None:
    """Let modes and times say nothing of when, where and by whom it was built."""
    for path in _everything(output):
        path.chmod(0o755 if path.is_dir() else 0o644)
        os.utime(path, (EPOCH_SECONDS, EPOCH_SECONDS))


def _everything(output: Path) -> Iterator[Path]:
    for folder in _contents(output):
        yield folder
        yield from folder.rglob("*")


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m infra.build.layer", description="Build what the functions share."
    )
    parser.add_argument("--output", type=Path, required=True, help="the folder to build in")
    parser.add_argument(
        "--architecture", choices=MACHINES, default=Target.architecture, help="default: %(default)s"
    )
    parser.add_argument("--python", default=Target.python, help="default: %(default)s")
    return parser


if __name__ == "__main__":
    sys.exit(main())
