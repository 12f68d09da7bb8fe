"""What a cold start costs, and what saves it: ``python -m benchmarks.cold_start``.

any_users stands for what takes no body, and log_in for what does. Each variant's handler is
imported by fresh processes of Lambda's Python, in turns, so that what else goes on touches all
alike; and then makes its first client of DynamoDB, where it has one. The ratios are of processor
time, since an init does nothing but compute; an asterisk marks one above its budget. FastAPI comes
with all its bytecode, and once as `sam build` would ship it.
"""

import argparse
import json
import shutil
import statistics
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from benchmarks.compared import compared
from infra.build import bytecode, layer, wheels
from infra.build.interpreter import nearest
from infra.build.target import ROOT, Target

ROUNDS = 15
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
    ("init: built / FastAPI, no database", BUILT, FASTAPI, "init_cpu", 0.32),
    ("init: log_in / FastAPI, no database", LOG_IN, FASTAPI, "init_cpu", 0.42),
    ("init: built / FastAPI, SQLAlchemy", BUILT, FASTAPI_SQL, "init_cpu", 0.45),
    ("init: built / FastAPI as sam builds it", BUILT, FASTAPI_SOURCE, "init_cpu", 0.45),
    ("first client: built / nothing cut out", BUILT, UNCUT, "client_cpu", None),
    ("init and client: built / nothing cut out", BUILT, UNCUT, "cpu", None),
    ("init and client: built / neither", BUILT, NEITHER, "cpu", None),
)


def main(arguments: Sequence[str] | None = None) -> None:
    """Build all variants, measure them in turns, and print."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.cold_start")
    parser.add_argument("--rounds", type=int, default=ROUNDS, help="default: %(default)s")
    rounds = parser.parse_args(arguments).rounds
    target, python = nearest()
    with TemporaryDirectory() as folder:
        variants = {**_ours(Path(folder), target, python), **_theirs(target, python)}
        starts: dict[str, list[Start]] = {name: [] for name in variants}
        for _ in range(rounds):
            for name, variant in variants.items():
                starts[name].append(_start(variant, python))
        _print(f"Python {target.python} on {target.architecture}, medians of {rounds} starts each")
        _print_times(starts)
        _print_ratios(starts)
        _print_sizes({name: variants[name].packages.parent for name in SIZED})


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
    # nothing on the path but the variant; and what has no bytecode must not get any
    done = subprocess.run(  # noqa: S603 - our own arguments
        [str(python), "-S", "-B", "-c", MEASURE, variant.module],
        cwd=variant.code,
        env={"PYTHONPATH": str(variant.packages), "AWS_REGION": "eu-north-1"},
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise RuntimeError(done.stderr)
    return Start(*json.loads(done.stdout))


def _print_times(starts: Mapping[str, Sequence[Start]]) -> None:
    _print(f"{'':40} {'init, CPU':>11} {'init, clock':>11} {'client, CPU':>11}")
    for name, of_it in starts.items():
        medians = [
            statistics.median(getattr(start, what) for start in of_it)
            for what in ("init_cpu", "init_clock", "client_cpu")
        ]
        _print(f"{name:40} " + " ".join(f"{ms:8.0f} ms" for ms in medians))


def _print_ratios(starts: Mapping[str, Sequence[Start]]) -> None:
    for text, one, other, what, budget in RATIOS:
        pairs = zip(starts[one], starts[other], strict=True)
        ratio = statistics.median(getattr(a, what) / getattr(b, what) for a, b in pairs)
        verdict = "" if budget is None else f"budget {budget:.2f} " + "*" * (ratio > budget)
        _print(f"{text:40} {ratio:8.2f}    {verdict}")


def _print_sizes(layers: Mapping[str, Path]) -> None:
    for name, folder in layers.items():
        size = layer.size_bytes(folder) / 1e6
        verdict = f"budget {LAYER_MB} " + "*" * (size > LAYER_MB) if name == BUILT else ""
        _print(f"{f'Layer, {name}':40} {size:8.1f} MB {verdict}")


def _print(line: str) -> None:
    sys.stdout.write(f"{line.rstrip()}\n")


if __name__ == "__main__":
    main()
