"""The command ``python -m infra.sam_local``: the built functions in Docker, until told to stop."""

import argparse
import json
import os
import signal
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from types import FrameType
from typing import Any

from infra.build.target import host_architecture
from infra.local import ROOT
from infra.local.server import HOST, PortError, listen
from infra.local.session import NothingRunsError, file, read
from infra.local.template.declarations import TemplateError
from infra.local.template.intrinsics import UnresolvedReferenceError
from infra.sam_local import docker, given
from infra.sam_local.relay import relaying

SAM = ROOT / ".venv-sam" / "bin" / "sam"
BUILT = ROOT / ".local" / "sam-local"
TEMPLATE = BUILT / "declared.json"
VARIABLES = BUILT / "variables.json"
DEFAULT_PORT = 3001
INTERRUPTED = 130


def main(arguments: Sequence[str] | None = None) -> int:
    """Run until Ctrl-C or SIGTERM and return the exit code."""
    options, sam_options = _parser().parse_known_args(arguments)
    try:
        # what can be refused is refused before the build
        session = read(options.session_file)
        listen(options.port).close()
        with relaying(docker.bridge_address(), given.ports(session)):
            _build()
            _give(session)
            return _run(options.port, sam_options, session)
    except UnresolvedReferenceError as error:
        return _refuse(f"make run is of another template: {error.args[0]}. Start it anew")
    except (NothingRunsError, docker.DockerError, PortError, TemplateError) as error:
        return _refuse(str(error))
    except subprocess.CalledProcessError as error:
        # make has said why
        return error.returncode
    except KeyboardInterrupt:
        return INTERRUPTED


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m infra.sam_local",
        description="Run the built functions in Docker, on the stack of make run."
        " What is not understood here goes to sam local start-api.",
    )
    parser.add_argument(
        "--port",
        type=int,
        default=os.environ.get("SAM_LOCAL_PORT") or str(DEFAULT_PORT),
        help="where to listen (default: $SAM_LOCAL_PORT, or 3001)",
    )
    parser.add_argument(
        "--session-file",
        type=Path,
        default=file(),
        help="what make run has written (default: $SESSION, or .local/session.json)",
    )
    return parser


def _build() -> None:
    where = f"BUILD_DIR={BUILT.relative_to(ROOT)}"
    command = ["make", "build", where, f"ARCHITECTURE={host_architecture()}"]
    # its standard output is sam's advice on what to do next, which is being done here
    subprocess.run(command, cwd=ROOT, check=True, stdout=subprocess.DEVNULL)  # noqa: S603 - our own


def _give(session: Mapping[str, Any]) -> None:
    template = BUILT / "template.yaml"
    variables = given.variables(template, session, docker.NAME)
    document = given.declaring(template, session["aws"]["environment"])
    TEMPLATE.write_text(json.dumps(document), encoding="utf-8")
    VARIABLES.write_text(json.dumps(variables, indent=2), encoding="utf-8")


def _run(port: int, sam_options: Sequence[str], session: Mapping[str, Any]) -> int:
    command = [
        *(str(SAM), "local", "start-api", "--template", str(TEMPLATE)),
        *("--parameter-overrides", f"Architecture={host_architecture()}"),
        *("--env-vars", str(VARIABLES), "--add-host", docker.ADD_HOST),
        *("--host", HOST, "--port", str(port), "--warm-containers", "LAZY", *sam_options),
    ]
    # the shell's own keys to AWS are nothing for functions here
    own = {name: value for name, value in os.environ.items() if not name.startswith("AWS_")}
    sam = subprocess.Popen(command, cwd=ROOT, env={**own, **session["aws"]["environment"]})  # noqa: S603 - our own

    def stop(number: int, _frame: FrameType | None) -> None:
        # a terminal sends its Ctrl-C to sam as well, which then takes its containers away
        if number == signal.SIGTERM:
            sam.terminate()

    sys.stdout.write(f"Tables, keys and tokens are those of {session['base_url']}.\n")
    sys.stdout.flush()
    signal.signal(signal.SIGINT, stop)
    signal.signal(signal.SIGTERM, stop)
    return sam.wait()


def _refuse(reason: str) -> int:
    sys.stderr.write(f"{reason}\n")
    return 1


if __name__ == "__main__":
    sys.exit(main())
