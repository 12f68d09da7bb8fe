"""What a layer is built for."""

import platform
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]

# template.yaml's names for processors, and those that wheels and ELF headers use
MACHINES = {"arm64": "aarch64", "x86_64": "x86_64"}


@dataclass(frozen=True)
class Target:
    """A processor, named as in template.yaml, and the minor version of a CPython."""

    architecture: str = "arm64"
    python: str = "3.13"

    @property
    def machine(self) -> str:
        """Return the processor as Linux names it."""
        return MACHINES[self.architecture]

    @property
    def cache_tag(self) -> str:
        """Return what names this Python in the names of bytecode files."""
        return f"cpython-{self.python.replace('.', '')}"


def host_architecture() -> str:
    """Return this machine's processor, named as in template.yaml.

    Raises:
        LookupError: Lambda has no such processor.
    """
    here = platform.machine()
    for architecture, machine in MACHINES.items():
        if here in (architecture, machine):
            return architecture
    raise LookupError(f"Lambda has no machines of the kind {here}")
