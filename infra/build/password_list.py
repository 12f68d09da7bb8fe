"""The command ``python -m infra.build.password_list``: make the list of common passwords anew.

Django's list is the top of what Have I Been Pwned has counted. zxcvbn's comes from other breaches,
but lacks what its matchers find by rule (00000000) and what it lists as a name (alexander): hence
its names too.
"""

import gzip
import sys
from collections.abc import Iterable, Iterator
from importlib.metadata import distribution

from zxcvbn.frequency_lists import FREQUENCY_LISTS

from accounts.credentials import common_passwords

# template.yaml lets no deployment go below; what is shorter is refused for that
SHORTEST = 8
_DJANGO = "django/contrib/auth/common-passwords.txt.gz"
_ZXCVBN = ("passwords", "female_names", "male_names", "surnames")


def main() -> int:
    """Write the file, say how many passwords it holds, and return the exit code."""
    data = packed(listed())
    common_passwords.FILE.write_bytes(data)
    count = len(data) // common_passwords.WIDTH_BYTES
    sys.stdout.write(f"{common_passwords.FILE.name}: {count:,} passwords, {len(data):,} bytes\n")
    return 0


def listed() -> set[str]:
    """Return the common passwords that are long enough to pass for one."""
    folded = {common_passwords.folded(password) for password in _sources()}
    return {password for password in folded if len(password) >= SHORTEST}


def packed(passwords: Iterable[str]) -> bytes:
    """Return the file that holds these passwords."""
    return b"".join(sorted({common_passwords.fingerprint(password) for password in passwords}))


def _sources() -> Iterator[str]:
    for name in _ZXCVBN:
        yield from FREQUENCY_LISTS[name]
    path = distribution("django").locate_file(_DJANGO)
    with gzip.open(str(path), "rt", encoding="utf-8") as lines:
        yield from (line.rstrip("\n") for line in lines)


if __name__ == "__main__":
    sys.exit(main())
