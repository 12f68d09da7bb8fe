"""The built stack as ``sam package`` uploads it, and the functions of it that deployments call."""

import fcntl
import io
import json
import os
import subprocess
import uuid
import zipfile
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from queue import SimpleQueue
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from samtranslator.yaml_helper import yaml_parse  # type: ignore[import-untyped] # ships no types
from werkzeug import Request, Response

from infra.build.interpreter import nearest
from infra.local import ROOT
from infra.local.server import listen, serving
from tests.support.rehearsal.kinds import Made, Properties, ResourceError

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIEnvironment

BUCKET = "uploaded"
BUILT = ROOT / ".local" / "rehearsal"
# the run of tests that it was built for
BUILD_OF = BUILT.with_suffix(".run")
SAM = ROOT / ".venv-sam" / "bin" / "sam"
BUILD_SECONDS = 600
CALL_SECONDS = 60
# what Lambda's runtime does, as far as the handler of a custom resource can tell
RUN = """
import importlib, json, sys
from types import SimpleNamespace

event, name, seconds = json.load(sys.stdin)
context = SimpleNamespace(
    aws_request_id=event["RequestId"],
    log_stream_name="rehearsal",
    get_remaining_time_in_millis=lambda: seconds * 1000,
)
module, _, handler = name.rpartition(".")
getattr(importlib.import_module(module), handler)(event, context)
"""

Call = Callable[[str, Mapping[str, Any]], None]


@dataclass(frozen=True)
class Package:
    """A packaged template, and the Python that its layer was built for."""

    template: Mapping[str, Any]
    python: Path

    @property
    def layer(self) -> str:
        """Return the key of the uploaded layer."""
        uri: str = self.template["Resources"]["SharedLayer"]["Properties"]["ContentUri"]
        return uri.rpartition("/")[2]


def package(folder: Path, run: str) -> Package:
    """Build the stack for this machine, and upload it to where this process's AWS clients lead.

    ``run`` names the run of tests: its processes share one build.
    """
    target, python = nearest()
    with _alone():
        if not BUILD_OF.exists() or BUILD_OF.read_text(encoding="utf-8") != run:
            where = [f"BUILD_DIR={BUILT.relative_to(ROOT)}", f"ARCHITECTURE={target.architecture}"]
            _run(["make", "build", *where, f"LAYER_PYTHON={target.python}"])
            BUILD_OF.write_text(run, encoding="utf-8")
    packaged = folder / "packaged.yaml"
    command = [str(SAM), "package", "--template-file", str(BUILT / "template.yaml")]
    _run([*command, "--s3-bucket", BUCKET, "--output-template-file", str(packaged)])
    return Package(yaml_parse(packaged.read_text(encoding="utf-8")), python)


@contextmanager
def _alone() -> Iterator[None]:
    """Keep other processes from the same."""
    BUILT.parent.mkdir(exist_ok=True)
    with BUILT.with_suffix(".lock").open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


def _run(command: list[str]) -> None:
    done = subprocess.run(  # noqa: S603 - our own command lines
        command, cwd=ROOT, capture_output=True, text=True, timeout=BUILD_SECONDS, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr


def changed_code(s3: Any, uri: str, name: str, append: str) -> str:  # noqa: ANN401 - boto3 is untyped
    """Upload a package again, with something appended to one of its files; returns where."""
    key = uri.rpartition("/")[2]
    archive = io.BytesIO(s3.get_object(Bucket=BUCKET, Key=key)["Body"].read())
    changed = io.BytesIO()
    with zipfile.ZipFile(archive) as old, zipfile.ZipFile(changed, "w") as new:
        for entry in old.namelist():
            added = append.encode() if entry == name else b""
            new.writestr(entry, old.read(entry) + added)
    new_key = uuid.uuid4().hex
    s3.put_object(Bucket=BUCKET, Key=new_key, Body=changed.getvalue())
    return f"s3://{BUCKET}/{new_key}"


class DeployedFunctions:
    """Calls what a function's newest code and environment are, in a process of its own."""

    def __init__(self, client: Callable[[str], Any], package: Package, folder: Path) -> None:
        self._lambda = client("lambda")
        self._s3 = client("s3")
        self._package = package
        self._folder = folder

    def __call__(self, arn: str, event: Mapping[str, Any]) -> None:
        """Call the function with an event.

        Raises:
            ResourceError: it crashed, which Lambda would tell nobody.
        """
        function = self._lambda.get_function(FunctionName=arn)
        configuration = function["Configuration"]
        code = self._unpacked(urlsplit(function["Code"]["Location"]).path.rpartition("/")[2])
        layer = self._unpacked(self._package.layer)
        given = (event, configuration["Handler"], configuration["Timeout"])
        done = subprocess.run(  # noqa: S603 - our own package
            [str(self._package.python), "-B", "-c", RUN],
            input=json.dumps(given),
            env={
                **os.environ,
                **configuration["Environment"]["Variables"],
                "PYTHONPATH": f"{code}:{layer / 'python'}",
            },
            capture_output=True,
            text=True,
            timeout=CALL_SECONDS,
            check=False,
        )
        if done.returncode != 0:
            raise ResourceError(done.stderr)

    def _unpacked(self, key: str) -> Path:
        folder = self._folder / key
        if not folder.exists():
            archive = self._s3.get_object(Bucket=BUCKET, Key=key)["Body"].read()
            with zipfile.ZipFile(io.BytesIO(archive)) as content:
                content.extractall(folder)
        return folder


class CustomResources:
    """``Custom::…``: what CloudFormation sends to the function, and what it makes of the answer."""

    def __init__(self, call: Call) -> None:
        self._call = call

    def make(self, name: str, properties: Properties) -> Made:
        """Have the function create the resource."""
        return self._asked("Create", name, properties, {})

    def change(self, made: Made, properties: Properties) -> Made:
        """Have the function update the resource."""
        before = {
            "PhysicalResourceId": made.physical_id,
            "OldResourceProperties": _texts(made.properties),
        }
        return self._asked("Update", made.physical_id, properties, before)

    def remove(self, made: Made) -> None:
        """Have the function delete the resource."""
        before = {"PhysicalResourceId": made.physical_id}
        self._asked("Delete", made.physical_id, made.properties, before)

    def _asked(
        self, what: str, name: str, properties: Properties, before: Mapping[str, Any]
    ) -> Made:
        replies: SimpleQueue[Mapping[str, Any]] = SimpleQueue()
        with serving(_Answers(replies), listen(0)) as url:
            event = {
                "RequestType": what,
                "ResponseURL": url,
                "StackId": "arn:aws:cloudformation:rehearsal:stack",
                "RequestId": str(uuid.uuid4()),
                "ResourceType": "Custom::Resource",
                "LogicalResourceId": name,
                "ResourceProperties": _texts(properties),
                **before,
            }
            self._call(properties["ServiceToken"], event)
        if replies.empty():
            raise ResourceError(f"{name} sent no answer")
        reply = replies.get()
        if reply["Status"] != "SUCCESS":
            raise ResourceError(reply["Reason"])
        return Made(reply["PhysicalResourceId"], properties, reply["Data"])


class _Answers:
    def __init__(self, replies: "SimpleQueue[Mapping[str, Any]]") -> None:
        self._replies = replies

    def __call__(
        self, environ: "WSGIEnvironment", start_response: "StartResponse"
    ) -> Iterable[bytes]:
        self._replies.put(json.loads(Request(environ).get_data()))
        return Response()(environ, start_response)


def _texts(node: Any) -> Any:  # noqa: ANN401 - a template is JSON
    """Return properties as CloudFormation sends them: every scalar as text."""
    if isinstance(node, Mapping):
        return {name: _texts(value) for name, value in node.items()}
    if isinstance(node, list):
        return [_texts(value) for value in node]
    return str(node).lower() if isinstance(node, bool) else str(node)
