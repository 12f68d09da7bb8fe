"""What the list of common passwords costs: ``python -m benchmarks.password_list``."""

import statistics
import sys
import time
import tracemalloc
from collections.abc import Callable, Sequence

from accounts.credentials import common_passwords
from infra.build.password_list import listed

ROUNDS = 20


def main() -> None:
    """Measure and print."""
    common = sorted(listed())
    fresh = [f"not listed {number}" for number in range(len(common))]
    size = common_passwords.FILE.stat().st_size
    first, first_bytes = measured(lambda: common_passwords.contains(common[0]))
    _, set_bytes = measured(lambda: set(map(str.encode, common)))
    report(
        ("Passwords", f"{len(common):,}"),
        ("File", f"{size:,} bytes"),
        ("First look-up, reading the file", f"{first * 1e3:.2f} ms"),
        ("Memory from then on", f"{first_bytes:,} bytes"),
        ("Memory as a set of bytes, for comparison", f"{set_bytes:,} bytes"),
        ("Look-up of a listed password, median", f"{look_up_seconds(common) * 1e6:.1f} us"),
        ("Look-up of another, median", f"{look_up_seconds(fresh) * 1e6:.1f} us"),
    )


def measured(action: Callable[[], object]) -> tuple[float, int]:
    """Return the seconds that ``action`` takes and the bytes of memory that it keeps."""
    tracemalloc.start()
    began = time.perf_counter()
    kept = action()
    seconds = time.perf_counter() - began
    memory = tracemalloc.get_traced_memory()[0]
    tracemalloc.stop()
    del kept
    return seconds, memory


def look_up_seconds(passwords: Sequence[str]) -> float:
    """Return the median over rounds of the mean time of one look-up."""
    rounds = []
    for _ in range(ROUNDS):
        began = time.perf_counter()
        for password in passwords:
            common_passwords.contains(password)
        rounds.append((time.perf_counter() - began) / len(passwords))
    return statistics.median(rounds)


def report(*lines: tuple[str, str]) -> None:
    """Print what was measured."""
    for name, value in lines:
        sys.stdout.write(f"{name:42} {value:>15}\n")


if __name__ == "__main__":
    main()
