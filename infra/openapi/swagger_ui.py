"""The command ``python -m infra.openapi.swagger_ui VERSION``: bring that version of Swagger UI.

Its files are kept in the repository, as the page has to work without Node. npm's own sum of the
package, and that of each file, are in ``swagger_ui.json`` beside this; a test compares.
"""

import base64
import hashlib
import json
import subprocess
import sys
import tarfile
import tempfile
from pathlib import Path

from infra.local import ROOT

PACKAGE = "swagger-ui-dist"
LOCK = Path(__file__).with_suffix(".json")
DOCS = ROOT / "functions" / "contract" / "docs"
FILES = (
    "LICENSE",
    "NOTICE",
    "swagger-ui-bundle.js",
    "swagger-ui-bundle.js.LICENSE.txt",
    "swagger-ui.css",
)


def main() -> int:
    """Bring the files of the version that is named, and lock them."""
    (version,) = sys.argv[1:]
    with tempfile.TemporaryDirectory() as folder:
        command = ["npm", "pack", f"{PACKAGE}@{version}", "--pack-destination", folder]
        subprocess.run(command, check=True)  # noqa: S603 - our own, with a version
        (package,) = Path(folder).iterdir()
        integrity = base64.b64encode(hashlib.sha512(package.read_bytes()).digest()).decode()
        with tarfile.open(package) as archive:
            archive.extractall(folder, filter="data")
        for name in FILES:
            (DOCS / name).write_bytes((Path(folder) / "package" / name).read_bytes())
    lock = {
        "package": PACKAGE,
        "version": version,
        "integrity": f"sha512-{integrity}",
        "files": {name: digest(name) for name in FILES},
    }
    LOCK.write_text(json.dumps(lock, indent=2) + "\n", encoding="utf-8")
    return 0


def digest(name: str) -> str:
    """Return the sum of a file as it is in the repository."""
    return hashlib.sha256((DOCS / name).read_bytes()).hexdigest()


if __name__ == "__main__":
    sys.exit(main())
