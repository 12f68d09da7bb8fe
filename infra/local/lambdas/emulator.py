"""Lambda's own runtime on this machine: the runtime interface emulator and AWS's Python client.

Each function runs in a process of its own, from what was built for Lambda, with the built layer
and the standard library on its path and with the environment that Lambda would give it.
"""

import http.client
import json
import os
import re
import signal
import socket
import subprocess
import threading
import time
from collections.abc import Iterable, Iterator, Mapping
from contextlib import closing, contextmanager, suppress
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from infra.local.invoke import FunctionError
from infra.local.lambdas.runtime import Runtime
from infra.local.server import HOST, listen
from infra.local.template.declarations import Function

INVOCATIONS = "/2015-03-31/functions/function/invocations"
START_SECONDS = 10
STOP_SECONDS = 10
# what Lambda gives a function to get ready, before its timeout counts
INIT_SECONDS = 10
_INIT_REPORT = re.compile(r"INIT REPORT\(durationMs: ([\d.]+)\)")


class EmulatedFunctions:
    """Functions to be invoked, each in one execution environment that starts when first needed.

    Where Lambda would start another environment, a parallel invocation waits here.
    """

    def __init__(
        self,
        functions: Iterable[Function],
        runtime: Runtime,
        aws_environment: Mapping[str, str],
        logs: Path,
    ) -> None:
        self._environments = {
            function.logical_id: _Environment(
                function, runtime, aws_environment, logs / f"{function.logical_id}.log"
            )
            for function in functions
        }

    def __call__(self, logical_id: str, event: dict[str, Any]) -> object:
        """Invoke a function and return its result.

        Raises:
            FunctionError: it raised, ran out of time, ended or returned no JSON.
        """
        return self._environments[logical_id].invoke(event)

    def init_ms(self) -> dict[str, list[float]]:
        """Return how many milliseconds each init of each function took, where there was one."""
        inits = {name: it.init_ms() for name, it in self._environments.items()}
        return {name: took for name, took in inits.items() if took}

    def logs(self) -> str:
        """Return all that functions and emulator have logged."""
        return "".join(environment.logs() for environment in self._environments.values())

    def stop(self) -> None:
        """End all processes."""
        for environment in self._environments.values():
            environment.stop()


@contextmanager
def emulated(
    functions: Iterable[Function], runtime: Runtime, aws_environment: Mapping[str, str]
) -> Iterator[EmulatedFunctions]:
    """Have ``functions`` run for as long as the context lasts.

    ``aws_environment`` is added to what their functions' environments hold: credentials, the
    region, and where AWS is.
    """
    with TemporaryDirectory() as logs:
        invoke = EmulatedFunctions(functions, runtime, aws_environment, Path(logs))
        try:
            yield invoke
        finally:
            invoke.stop()


class _Environment:
    def __init__(
        self, function: Function, runtime: Runtime, aws_environment: Mapping[str, str], log: Path
    ) -> None:
        self._function = function
        self._runtime = runtime
        self._variables = {
            **function.environment,
            **aws_environment,
            **_reserved(function, runtime),
        }
        self._log = log
        self._lock = threading.Lock()
        self._process: subprocess.Popen[bytes] | None = None
        self._port = 0

    def invoke(self, event: dict[str, Any]) -> object:
        with self._lock:
            if self._process is None:
                self._start()
            return self._post(json.dumps(event).encode())

    def init_ms(self) -> list[float]:
        return [float(took) for took in _INIT_REPORT.findall(self.logs())]

    def logs(self) -> str:
        return self._log.read_text(encoding="utf-8") if self._log.exists() else ""

    def stop(self) -> None:
        process = self._process
        if process is None:
            return
        process.terminate()
        try:
            process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            # with the function's own process, which the emulator would have ended
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()

    def _start(self) -> None:
        with listen(0) as one, listen(0) as other:
            self._port, api_port = one.getsockname()[1], other.getsockname()[1]
        command = [
            str(self._runtime.emulator),
            *("--runtime-interface-emulator-address", f"{HOST}:{self._port}"),
            *("--runtime-api-address", f"{HOST}:{api_port}"),
            # without the packages that this Python happens to have
            *(str(self._runtime.python), "-S", "-m", "awslambdaric", self._function.handler),
        ]
        with self._log.open("wb") as log:
            self._process = subprocess.Popen(  # noqa: S603 - our own arguments
                command,
                cwd=self._function.code,
                env=self._variables,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        self._wait_until_it_listens(self._process)

    def _wait_until_it_listens(self, process: subprocess.Popen[bytes]) -> None:
        deadline = time.monotonic() + START_SECONDS
        while process.poll() is None and time.monotonic() < deadline:
            with suppress(ConnectionRefusedError):
                socket.create_connection((HOST, self._port)).close()
                return
            time.sleep(0.01)
        raise FunctionError(f"The emulator does not start:\n{self.logs()}")

    def _post(self, body: bytes) -> object:
        seconds = self._function.timeout_seconds + INIT_SECONDS
        with closing(http.client.HTTPConnection(HOST, self._port, timeout=seconds)) as connection:
            try:
                connection.request("POST", INVOCATIONS, body)
                answer = connection.getresponse()
                return _result(answer.status, answer.read())
            except (OSError, http.client.HTTPException) as error:
                raise FunctionError(f"The emulator does not answer:\n{self.logs()}") from error


def _result(status: int, body: bytes) -> object:
    try:
        result = json.loads(body)
    except ValueError:
        # such as "Task timed out after 3.00 seconds"
        raise FunctionError(body.decode(errors="replace")) from None
    failed = isinstance(result, dict) and result.keys() >= {"errorType", "errorMessage"}
    if failed or status != http.HTTPStatus.OK:
        raise FunctionError(json.dumps(result))
    return result


def _reserved(function: Function, runtime: Runtime) -> dict[str, str]:
    """Return the variables that Lambda sets itself.

    Follows "Using Lambda environment variables" in the Lambda guide; the emulator sets the rest.
    """
    return {
        "AWS_EXECUTION_ENV": "AWS_Lambda_python3.13",
        "AWS_LAMBDA_FUNCTION_MEMORY_SIZE": str(function.memory_mb),
        "AWS_LAMBDA_FUNCTION_NAME": function.logical_id,
        "AWS_LAMBDA_FUNCTION_TIMEOUT": str(function.timeout_seconds),
        "AWS_LAMBDA_INITIALIZATION_TYPE": "on-demand",
        "AWS_LAMBDA_LOG_FORMAT": "JSON",
        "AWS_LAMBDA_LOG_LEVEL": "INFO",
        "LAMBDA_TASK_ROOT": str(function.code),
        "LANG": "en_US.UTF-8",
        "PATH": os.defpath,
        "PYTHONPATH": os.pathsep.join(map(str, (runtime.packages, runtime.client))),
        "TZ": ":UTC",
    }
