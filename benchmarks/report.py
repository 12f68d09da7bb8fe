"""Run every benchmark and write docs/benchmarks.md from what they measured: ``make bench``.

One after another, so that none slows another one down; each leaves its rows in benchmarks/results.
"""

import argparse
import json
import os
import platform
import subprocess
import sys
from collections.abc import Mapping, Sequence
from importlib import metadata
from pathlib import Path

from benchmarks import results
from infra import made_files
from infra.build.interpreter import nearest
from infra.docs import bench_tables, generated
from infra.local import ROOT

PACKAGES = ("boto3", "bcrypt", "cryptography", "pydantic", "pynamodb", "moto")


def main(arguments: Sequence[str] | None = None) -> int:
    """Run all, write the documents, and return 1 if a benchmark failed or is above its budget."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.report")
    parser.add_argument("--quick", action="store_true", help="few rounds")
    quick = ["--quick"] if parser.parse_args(arguments).quick else []
    failed = [name for name in bench_tables.BENCHMARKS if _run(name, quick)]
    machine = json.dumps(_machine(), indent=1, ensure_ascii=False)
    (results.FOLDER / "machine.json").write_text(f"{machine}\n", encoding="utf-8")
    made_files.make(generated.files())
    for name in failed:
        sys.stderr.write(f"{name} failed\n")
    return 1 if failed else 0


def _run(name: str, options: Sequence[str]) -> int:
    sys.stdout.write(f"\n== {name}\n")
    sys.stdout.flush()
    file = results.FOLDER / f"{name}.json"
    command = [sys.executable, "-m", f"benchmarks.{name}", "--json", str(file), *options]
    return subprocess.run(command, cwd=ROOT, check=False).returncode  # noqa: S603 - our own


def _machine() -> Mapping[str, str]:
    """Return what the figures depend on, as far as the machine tells."""
    target, _ = nearest()
    node = [str(ROOT / ".venv-node" / "bin" / "node"), "--version"]
    told = subprocess.run(node, capture_output=True, text=True, check=True)  # noqa: S603 - our own
    return {
        "Processor": f"{_processor()}, {os.cpu_count()} cores",
        "System": f"{platform.system()} {platform.release()}, {platform.machine()}",
        "Functions run on": f"CPython {target.python}",
        "Benchmarks run on": f"CPython {platform.python_version()}",
        "Node": told.stdout.strip(),
        **{name: metadata.version(name) for name in PACKAGES},
    }


def _processor() -> str:
    lines = made_files.read(Path("/proc/cpuinfo")).splitlines()
    names = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    return names[0] if names else platform.processor()


if __name__ == "__main__":
    sys.exit(main())
