"""The service's pages on this machine: built beside a run, and what stands for them until then."""

import os
import signal
import subprocess
import threading
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from werkzeug import Response

from infra.local import ROOT

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

FIRST = "/account"
FOLDER = ROOT / "functions" / "web" / "pages"
LOG = ROOT / ".local" / "pages.log"
AREAS = frozenset({"", "account", "console"})
LOOK_AGAIN_SECONDS = 2
MAKE = ("make", "--silent", "pages")
# of the make that started this, whose options are none of the other's
OF_MAKE = frozenset({"MAKEFLAGS", "MAKELEVEL", "MFLAGS"})
_PAGE = """<!doctype html><html lang="en"><meta charset="utf-8"><title>Not built yet</title>
<p>The pages are not built yet: <code>make run</code> does that beside the API and says when it is
done, and this page looks again until then.</p>
"""


def until_built(api: "WSGIApplication", folder: Path = FOLDER) -> "WSGIApplication":
    """Return ``api``, where a page that looks again stands for its pages until they are there."""

    def wrapped(environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
        area = environ["REQUEST_URI"].partition("?")[0].split("/")[1:2]
        if not AREAS.intersection(area) or (folder / "account.html").is_file():
            return api(environ, start_response)
        headers = {
            "Refresh": str(LOOK_AGAIN_SECONDS),
            "Retry-After": str(LOOK_AGAIN_SECONDS),
            "Cache-Control": "no-store",
            "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'",
        }
        waiting = Response(_PAGE, 503, headers, content_type="text/html; charset=utf-8")
        return waiting(environ, start_response)

    return wrapped


@contextmanager
def building(tell: Callable[[str], object]) -> Iterator[None]:
    """Have the pages built where they are not as their sources are, beside what the context does.

    ``tell`` is told when it begins and how it ends. What is not done by the end of the context is
    given up.
    """
    given = {name: value for name, value in os.environ.items() if name not in OF_MAKE}
    known = subprocess.run([*MAKE, "--question"], cwd=ROOT, env=given, check=False)  # noqa: S603 - our own
    if known.returncode == 0:
        yield
        return
    tell("The pages are being built, which is done once; the API does not wait for it.")
    began = time.monotonic()
    LOG.parent.mkdir(mode=0o700, exist_ok=True)
    with LOG.open("w", encoding="utf-8") as log:
        # a process group of its own, which ends with all that it has started
        process = subprocess.Popen(  # noqa: S603 - our own
            MAKE, cwd=ROOT, env=given, stdout=log, stderr=log, start_new_session=True
        )

    def wait() -> None:
        code = process.wait()
        if code == 0:
            tell(f"The pages are built, in {time.monotonic() - began:.0f} seconds.")
        elif code > 0:
            tell(f"The pages could not be built, and {LOG} says why. The API does without them.")

    thread = threading.Thread(target=wait, daemon=True)
    thread.start()
    try:
        yield
    finally:
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGTERM)
        thread.join()
