"""How fast accounts are imported and exported: ``python -m benchmarks.import_export``.

On DynamoDB Local, one process on this machine, with fresh tables for each number of accounts:
``import`` of another system's file, ``again`` the same file, whose accounts are all there then,
``export``, and ``restore`` of what was exported into tables that are empty again.
"""

import argparse
import json
import random
import resource
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, cast

import boto3

from accounts import settings
from accounts.access import roles
from infra.local import TEMPLATE
from infra.local.aws.dynamodb_local import dynamodb_local
from infra.local.stack import Stack, deployed
from infra.local.template.pseudo_parameters import PSEUDO_PARAMETERS
from infra.local.template.reader import Template
from infra.manage import exporting
from infra.manage.importing import Import
from infra.manage.newcomers import Outcome
from infra.manage.user_lines import Rules

SIZES = (1_000, 10_000, 100_000)
WARM_UP = 2_000
RULES = Rules(frozenset({roles.DEFAULT}), frozenset(), frozenset())
DIGITS = "./ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"


def main(arguments: Sequence[str] | None = None) -> None:
    """Measure and print, in accounts a second."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.import_export")
    parser.add_argument("sizes", metavar="ACCOUNTS", type=int, nargs="*", default=SIZES)
    sizes = parser.parse_args(arguments).sizes
    _print_row(["accounts", "import/s", "again/s", "export/s", "restore/s", "peak memory"])
    with dynamodb_local() as url, deployed(dynamodb_url=url) as stack:
        settings.current.cache_clear()
        # the engine's own code is compiled while it runs: not what is to be measured
        with TemporaryDirectory() as folder:
            list(measured(WARM_UP, stack, Path(folder)))
        for size in sizes:
            with TemporaryDirectory() as folder:
                _print_row(measured(size, stack, Path(folder)))


def measured(size: int, stack: Stack, folder: Path) -> Iterator[str]:
    """Yield the row of this many accounts."""
    foreign, ours = folder / "foreign.jsonl", folder / "ours.jsonl"
    foreign.write_text("".join(f"{line(number)}\n" for number in range(size)), encoding="utf-8")
    yield f"{size:,}"
    empty_tables(stack)
    yield _rate(size, lambda: imported(foreign), Outcome(imported=size))
    yield _rate(size, lambda: imported(foreign), Outcome(there_already=size))
    yield _rate(
        size, lambda: exporting.export_users(ours, _nobody_looks, with_hashes=True).count, size
    )
    empty_tables(stack)
    yield _rate(size, lambda: imported(ours), Outcome(imported=size))
    yield f"{resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024:,} MiB"


def line(number: int) -> str:
    """Return an account as another system would export it."""
    digits = random.Random(number).choices(DIGITS, k=53)  # noqa: S311 - nobody's hash
    # bcrypt leaves some bits of these two unused
    digits[21], digits[52] = "u", "u"
    return json.dumps(
        {
            "email": f"person{number}@example.com",
            "name": f"Person {number}",
            "password_hash": "$2b$12$" + "".join(digits),
            "created_at": "2024-01-31T12:00:00Z",
        }
    )


def imported(path: Path) -> Outcome:
    """Import the file and return what became of its accounts."""
    run = Import(path, RULES)
    run.run(_nobody_looks)
    return run.outcome


def empty_tables(stack: Stack) -> None:
    """Make the stack's tables anew, with the built-in roles in them."""
    dynamodb = boto3.client("dynamodb")
    for table in Template.load(TEMPLATE, PSEUDO_PARAMETERS).tables():
        name = stack.resources[table.logical_id]["Ref"]
        dynamodb.delete_table(TableName=name)
        dynamodb.create_table(TableName=name, **cast("dict[str, Any]", table.definition))
    roles.seed()


def _rate(size: int, action: Callable[[], object], expected: object) -> str:
    began = time.perf_counter()
    result = action()
    seconds = time.perf_counter() - began
    if result != expected:
        raise RuntimeError(f"{result} instead of {expected}")
    return f"{size / seconds:,.0f}"


def _nobody_looks(_count: int) -> None:
    pass


def _print_row(cells: Sequence[str] | Iterator[str]) -> None:
    # cell by cell, since one may take minutes
    for cell in cells:
        sys.stdout.write(f"{cell:>12}")
        sys.stdout.flush()
    sys.stdout.write("\n")


if __name__ == "__main__":
    main()
