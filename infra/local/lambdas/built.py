"""Run what `sam build` made on Lambda's own runtime."""

import json
import os
import uuid
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from queue import SimpleQueue
from typing import TYPE_CHECKING, Any

from werkzeug import Request, Response

from infra.local.invoke import Invoke
from infra.local.lambdas.emulator import emulated
from infra.local.lambdas.in_process import shared_environment
from infra.local.lambdas.runtime import Runtime
from infra.local.server import listen, serving
from infra.local.template.declarations import CustomResource, Function

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIEnvironment


class CustomResourceError(Exception):
    """A custom resource's function reported a failure, or nothing; the text is its reason."""


class Built:
    """Runs built functions; ``init_ms`` tells how many milliseconds each init of each took."""

    def __init__(self, template: Path, runtime: Runtime) -> None:
        self.template = template
        self.init_ms: dict[str, list[float]] = {}
        self._runtime = runtime

    def make(
        self, custom: CustomResource, function: Function, aws_environment: Mapping[str, str]
    ) -> Mapping[str, Any]:
        """Send the function what CloudFormation would, and return the attributes it answers with.

        Raises:
            CustomResourceError: the function did not succeed.
            FunctionError: it failed without an answer.
        """
        replies: SimpleQueue[Mapping[str, Any]] = SimpleQueue()
        with (
            serving(_CloudFormation(replies), listen(0)) as url,
            self._emulated([function], aws_environment) as invoke,
        ):
            invoke(function.logical_id, _creation(custom, url))
        if replies.empty():
            raise CustomResourceError(f"{function.logical_id} sent no answer")
        reply = replies.get()
        if reply["Status"] != "SUCCESS":
            raise CustomResourceError(reply["Reason"])
        attributes: Mapping[str, Any] = reply["Data"]
        return attributes

    @contextmanager
    def running(
        self, functions: Sequence[Function], aws_environment: Mapping[str, str]
    ) -> Iterator[Invoke]:
        """Have each function start when it is first invoked."""
        # for what this process does itself with the accounts package: the first accounts
        os.environ.update(shared_environment(functions))
        with self._emulated(functions, aws_environment) as invoke:
            yield invoke

    @contextmanager
    def _emulated(
        self, functions: Iterable[Function], aws_environment: Mapping[str, str]
    ) -> Iterator[Invoke]:
        with emulated(functions, self._runtime, aws_environment) as invoke:
            try:
                yield invoke
            finally:
                self.init_ms.update(invoke.init_ms())


class _CloudFormation:
    """Takes the answers of custom resources' functions."""

    def __init__(self, replies: "SimpleQueue[Mapping[str, Any]]") -> None:
        self._replies = replies

    def __call__(
        self, environ: "WSGIEnvironment", start_response: "StartResponse"
    ) -> Iterable[bytes]:
        self._replies.put(json.loads(Request(environ).get_data()))
        return Response()(environ, start_response)


def _creation(custom: CustomResource, response_url: str) -> dict[str, Any]:
    """Return the event that asks for a new custom resource.

    Follows "Custom resource request objects" in the CloudFormation guide.
    """
    return {
        "RequestType": "Create",
        "ResponseURL": response_url,
        "StackId": f"arn:aws:cloudformation:local:stack/{uuid.uuid4()}",
        "RequestId": str(uuid.uuid4()),
        "ResourceType": "Custom::Resource",
        "LogicalResourceId": custom.logical_id,
        "ResourceProperties": dict(custom.properties),
    }
