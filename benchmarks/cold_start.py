"""What a cold start costs, and what saves it: ``python -m benchmarks.cold_start``.

any_users stands for what takes no body, and log_in for what does. Each variant's handler is
imported by fresh processes of Lambda's Python, in turns, so that what else goes on touches all
alike; and then makes its first client of DynamoDB, where it has one. The ratios are of processor
time, since an init does nothing but compute; an asterisk marks one above its budget. FastAPI comes
with all its bytecode, and once as `sam build` would ship it.

Of every function there is the init, of fewer rounds, and its dearest imports, each without what it
imports itself, as ``python -X importtime`` tells them.
"""

import argparse
import json
import math
import re
import shutil
import statistics
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from benchmarks.compared import compared
from benchmarks.results import Row, write
from infra.build import bytecode, layer, wheels
from infra.build.interpreter import nearest
from infra.build.target import ROOT, Target
from infra.docs import handlers

ROUNDS, QUICK_ROUNDS = 15, 3
# of each function, beside the compared ones
ROUNDS_OF_ALL = 2
DEAREST = 10
FUNCTIONS = ROOT / "functions"

MEASURE = """
import json, sys, time
def now(): return time.process_time(), time.perf_counter()
began = now()
__import__(sys.argv[1])
ready = now()
if "botocore" in sys.modules:
    import botocore.session
    botocore.session.get_session().create_client("dynamodb", region_name="eu-north-1")
client = now()
print(json.dumps([1e3 * (ready[0] - began[0]), 1e3 * (ready[1] - began[1]),
                  1e3 * (client[0] - ready[0])]))
"""


@dataclass(frozen=True)
class Variant:
    """A handler's module in a folder, and the packages it runs on."""

    module: str
    code: Path
    packages: Path


@dataclass(frozen=True)
class Start:
    """The milliseconds of one start: of the init, and of the processor for the first client."""

    init_cpu: float
    init_clock: float
    client_cpu: float

    @property
    def cpu(self) -> float:
        """Return what the processor did before the first request to DynamoDB could leave."""
        return self.init_cpu + self.client_cpu


# what it is called, the two variants, what of them is compared, and what the design allows
Ratio = tuple[str, str, str, str, float | None]

BUILT, NO_BYTECODE, UNCUT = "as built", "without bytecode", "nothing cut out"
LOG_IN = "as built, log_in"
NEITHER = "neither, as of sam build alone"
FASTAPI, FASTAPI_SOURCE = "FastAPI, no database", "FastAPI, no database, no bytecode"
FASTAPI_SQL = "FastAPI, SQLAlchemy"
# of what the size is told, unzipped, and what the design allows
SIZED = (NEITHER, UNCUT, NO_BYTECODE, BUILT)
LAYER_MB = 45
RATIOS: Sequence[Ratio] = (
    ("init: built / without bytecode", BUILT, NO_BYTECODE, "init_cpu", 0.40),
    ("init: built / FastAPI, no database", BUILT, FASTAPI, "init_cpu", 0.30),
    ("init: log_in / FastAPI, no database", LOG_IN, FASTAPI, "init_cpu", 0.42),
    ("init: built / FastAPI, SQLAlchemy", BUILT, FASTAPI_SQL, "init_cpu", 0.45),
    ("init: built / FastAPI as sam builds it", BUILT, FASTAPI_SOURCE, "init_cpu", 0.45),
    ("first client: built / nothing cut out", BUILT, UNCUT, "client_cpu", None),
    ("init and client: built / nothing cut out", BUILT, UNCUT, "cpu", None),
    ("init and client: built / neither", BUILT, NEITHER, "cpu", None),
)


def main(arguments: Sequence[str] | None = None) -> None:
    """Build all variants, measure them in turns, and print."""
    options = _parser().parse_args(arguments)
    rounds = QUICK_ROUNDS if options.quick else options.rounds
    target, python = nearest()
    with TemporaryDirectory() as folder:
        variants = {**_ours(Path(folder), target, python), **_theirs(target, python)}
        starts = _in_turns(variants, python, rounds)
        functions = _of_the_template(variants[BUILT].packages)
        of_all = _in_turns(functions, python, ROUNDS_OF_ALL)
        dearest = {name: _dearest(variant, python) for name, variant in functions.items()}
        sizes = {it: layer.size_bytes(variants[it].packages.parent) / 1e6 for it in SIZED}
    _print(f"Python {target.python} on {target.architecture}, medians of {rounds} starts each")
    _print_times(starts)
    _print_ratios(starts)
    _print_sizes(sizes)
    _print(f"\nEvery function, medians of {ROUNDS_OF_ALL} starts, and its dearest imports in ms")
    _print_functions(of_all, dearest)
    if options.json:
        write(options.json, "cold_start", _rows(starts, of_all, sizes))


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.cold_start")
    parser.add_argument("--rounds", type=int, default=ROUNDS, help="default: %(default)s")
    parser.add_argument("--quick", action="store_true", help=f"{QUICK_ROUNDS} rounds")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write the figures there, too")
    return parser


def _of_the_template(packages: Path) -> Mapping[str, Variant]:
    paths = map(handlers.path_of, handlers.functions())
    return {path.stem: Variant(path.stem, path.parent, packages) for path in sorted(paths)}


def _in_turns(
    variants: Mapping[str, Variant], python: Path, rounds: int
) -> Mapping[str, Sequence[Start]]:
    starts: dict[str, list[Start]] = {name: [] for name in variants}
    for _ in range(rounds):
        for name, variant in variants.items():
            starts[name].append(_start(variant, python))
    return starts


def _ours(folder: Path, target: Target, python: Path) -> Mapping[str, Variant]:
    layer.build(folder / "built", target, python)
    layer.build(folder / "no-bytecode", target, None)
    neither, uncut = folder / "neither" / "python", folder / "uncut" / "python"
    wheels.install(layer.SOURCES / "requirements.txt", neither, target)
    ignored = shutil.ignore_patterns("__pycache__")
    shutil.copytree(layer.SOURCES / "accounts", neither / "accounts", ignore=ignored)
    shutil.copytree(neither, uncut)
    bytecode.compile_all(uncut, python, layer.MOUNT)
    packages = {
        BUILT: folder / "built" / "python",
        NO_BYTECODE: folder / "no-bytecode" / "python",
        UNCUT: uncut,
        NEITHER: neither,
    }
    private = FUNCTIONS / "private"
    variants = {name: Variant("any_users", private, path) for name, path in packages.items()}
    return {**variants, LOG_IN: Variant("log_in", FUNCTIONS / "public", packages[BUILT])}


def _theirs(target: Target, python: Path) -> Mapping[str, Variant]:
    it = compared(target, python)
    return {
        FASTAPI: Variant("bare", it.code, it.compiled),
        FASTAPI_SOURCE: Variant("bare", it.code, it.source),
        FASTAPI_SQL: Variant("with_sql", it.code, it.compiled),
    }


def _start(variant: Variant, python: Path) -> Start:
    return Start(*json.loads(_run(variant, python, "-c", MEASURE, variant.module).stdout))


def _dearest(variant: Variant, python: Path) -> Sequence[tuple[str, float]]:
    """Return the imports that take longest by themselves, with their milliseconds."""
    least: dict[str, float] = {}
    # by the clock, so that the shortest of some is the least disturbed
    for _ in range(ROUNDS_OF_ALL):
        told = _run(variant, python, "-X", "importtime", "-c", f"import {variant.module}").stderr
        for us, name in re.findall(r"^import time: +(\d+) \| +\d+ \| +(\S+)$", told, re.MULTILINE):
            least[name] = min(int(us) / 1e3, least.get(name, math.inf))
    return sorted(least.items(), key=lambda it: -it[1])[:DEAREST]


def _run(variant: Variant, python: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    # nothing on the path but the variant; and what has no bytecode must not get any
    done = subprocess.run(  # noqa: S603 - our own arguments
        [str(python), "-S", "-B", *arguments],
        cwd=variant.code,
        env={"PYTHONPATH": str(variant.packages), "AWS_REGION": "eu-north-1"},
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise RuntimeError(done.stderr)
    return done


def _print_times(starts: Mapping[str, Sequence[Start]]) -> None:
    _print(f"{'':40} {'init, CPU':>11} {'init, clock':>11} {'client, CPU':>11}")
    for name, of_it in starts.items():
        medians = [_median(of_it, what) for what in ("init_cpu", "init_clock", "client_cpu")]
        _print(f"{name:40} " + " ".join(f"{ms:8.0f} ms" for ms in medians))


def _print_ratios(starts: Mapping[str, Sequence[Start]]) -> None:
    for text, one, other, what, budget in RATIOS:
        ratio = statistics.median(_ratios(starts[one], starts[other], what))
        verdict = "" if budget is None else f"budget {budget:.2f} " + "*" * (ratio > budget)
        _print(f"{text:40} {ratio:8.2f}    {verdict}")


def _print_sizes(sizes_mb: Mapping[str, float]) -> None:
    for name, size in sizes_mb.items():
        verdict = f"budget {LAYER_MB} " + "*" * (size > LAYER_MB) if name == BUILT else ""
        _print(f"{f'Layer, {name}':40} {size:8.1f} MB {verdict}")


def _print_functions(
    starts: Mapping[str, Sequence[Start]], dearest: Mapping[str, Sequence[tuple[str, float]]]
) -> None:
    for name, of_it in starts.items():
        _print(f"{name:40} {_median(of_it, 'init_cpu'):8.0f} ms")
        _print("    " + ", ".join(f"{module} {ms:.1f}" for module, ms in dearest[name]))


def _rows(
    starts: Mapping[str, Sequence[Start]],
    of_all: Mapping[str, Sequence[Start]],
    sizes_mb: Mapping[str, float],
) -> Iterator[Row]:
    for name, of_it in starts.items():
        took = [start.init_cpu for start in of_it]
        yield _row(f"init, {name}", "ms", took, group="init by stack", of=name)
    for text, one, other, what, _ in RATIOS:
        yield _row(text, "×", _ratios(starts[one], starts[other], what), group="ratios")
    for name, size in sizes_mb.items():
        yield Row(f"layer, {name}", "MB", round(size, 1), group="layer", of=name)
    for name, of_it in of_all.items():
        took = [start.init_cpu for start in of_it]
        yield _row(f"init of {name}", "ms", took, group="init by function", of=name)


def _row(what: str, unit: str, values: Sequence[float], group: str, of: str = "") -> Row:
    low, value, high = (round(it, 3) for it in statistics.quantiles(values, method="inclusive"))
    return Row(what, unit, value, low, high, len(values), group, of)


def _ratios(one: Sequence[Start], other: Sequence[Start], what: str) -> Sequence[float]:
    return [getattr(a, what) / getattr(b, what) for a, b in zip(one, other, strict=True)]


def _median(starts: Sequence[Start], what: str) -> float:
    values: list[float] = [getattr(start, what) for start in starts]
    return statistics.median(values)


def _print(line: str) -> None:
    sys.stdout.write(f"{line.rstrip()}\n")


if __name__ == "__main__":
    main()
