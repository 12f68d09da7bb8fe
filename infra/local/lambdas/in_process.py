"""Run functions in this process, as Lambda would: loaded once, invoked with a deadline."""

import importlib.util
import json
import os
import sys
import time
import uuid
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from types import ModuleType
from typing import Any

from infra.local import TEMPLATE
from infra.local.deadline import within
from infra.local.invoke import FunctionError, Invoke
from infra.local.template.declarations import CustomResource, Function
from infra.local.template.pseudo_parameters import ACCOUNT_ID


class EnvironmentConflictError(ValueError):
    """Two functions want different values of one environment variable; the text names all."""


@dataclass(frozen=True)
class Context:
    """What a handler is told of its invocation, named as in Lambda's context object."""

    function_name: str
    aws_request_id: str
    invoked_function_arn: str
    memory_limit_in_mb: int
    deadline: float

    def get_remaining_time_in_millis(self) -> int:
        """Return the milliseconds left until the function's timeout."""
        return max(0, int((self.deadline - time.monotonic()) * 1000))


Handler = Callable[[dict[str, Any], Context], object]


def shared_environment(functions: Collection[Function]) -> dict[str, str]:
    """Return the environment that lets ``functions`` run in one process: all of theirs.

    An empty value gives way to another function's: where only one sets it empty, it does so to
    do without.

    Raises:
        EnvironmentConflictError: two functions disagree.
    """
    shared: dict[str, str] = {}
    owners: dict[str, str] = {}
    for function in functions:
        for name, value in function.environment.items():
            if not value:
                continue
            if shared.setdefault(name, value) != value:
                raise EnvironmentConflictError(
                    f"{owners[name]} and {function.logical_id} want different values of {name};"
                    " run in one process they can have one only"
                )
            owners.setdefault(name, function.logical_id)
    names = {name for function in functions for name in function.environment}
    return dict.fromkeys(names, "") | shared


def load_module(function: Function) -> ModuleType:
    """Import the module of the function's handler from where its code is.

    Two functions may have modules of one name, so the module goes by its folder's name too.
    """
    stem = function.handler.rpartition(".")[0]
    name = f"functions.{function.code.name}.{stem}"
    if name in sys.modules:
        return sys.modules[name]
    spec = importlib.util.spec_from_file_location(name, function.code / f"{stem}.py")
    if spec is None or spec.loader is None:
        raise ImportError(f"{function.logical_id} has no module {stem} in {function.code}")
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    spec.loader.exec_module(module)
    return module


class Functions:
    """Functions ready to be invoked, in the one environment that all of them share."""

    def __init__(self, functions: Iterable[Function]) -> None:
        functions = tuple(functions)
        os.environ.update(shared_environment(functions))
        self._functions: Mapping[str, tuple[Function, Handler]] = {
            function.logical_id: (function, _handler(function)) for function in functions
        }

    def __call__(self, logical_id: str, event: dict[str, Any]) -> object:
        """Invoke a function and return its result, which has passed through JSON.

        Raises:
            FunctionError: it raised, ran out of time or returned no JSON.
        """
        function, handler = self._functions[logical_id]
        context = _context(function)
        try:
            result = within(function.timeout_seconds, lambda: handler(event, context))
            return json.loads(json.dumps(result))
        except TimeoutError:
            raise FunctionError(f"Timed out after {function.timeout_seconds} s") from None
        except Exception as error:
            raise FunctionError(f"{type(error).__name__}: {error}") from error


class InProcess:
    """Runs the functions' sources in this process."""

    template = TEMPLATE

    def make(
        self,
        custom: CustomResource,
        function: Function,
        aws_environment: Mapping[str, str],  # noqa: ARG002 - this process's own already
    ) -> Mapping[str, Any]:
        """Let the function do its work, without CloudFormation's protocol around it."""
        os.environ.update(function.environment)
        attributes: Mapping[str, Any] = load_module(function).prepare(custom.properties)
        # on Lambda it has a process, and so an environment, of its own: forget what it read of it
        from accounts import settings  # noqa: PLC0415 - what it imports may read the environment

        settings.current.cache_clear()
        return attributes

    @contextmanager
    def running(
        self,
        functions: Sequence[Function],
        aws_environment: Mapping[str, str],  # noqa: ARG002 - as above
    ) -> Iterator[Invoke]:
        """Load the functions' modules."""
        yield Functions(functions)


def _handler(function: Function) -> Handler:
    handler: Handler = getattr(load_module(function), function.handler.rpartition(".")[2])
    return handler


def _context(function: Function) -> Context:
    return Context(
        function_name=function.logical_id,
        aws_request_id=str(uuid.uuid4()),
        invoked_function_arn=(
            f"arn:aws:lambda:{os.environ['AWS_REGION']}:{ACCOUNT_ID}:function:{function.logical_id}"
        ),
        memory_limit_in_mb=function.memory_mb,
        deadline=time.monotonic() + function.timeout_seconds,
    )
