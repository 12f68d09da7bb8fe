"""What a function never reads of the packages it needs, cut out of them.

Nearly half of them is botocore's description of services that we do not call; and its list of
endpoints, of all services in one file, is parsed whole at every cold start.
"""

import ast
import gzip
import json
import shutil
from pathlib import Path
from typing import Any

# all that the accounts package calls
SERVICES = frozenset({"dynamodb", "events", "kms", "s3", "sesv2", "sqs", "ssm"})
# of which the rules for endpoints say no more than the list of endpoints does, which botocore falls
# back to without them: rules would be read at each start, and gone through for each request
WITHOUT_RULES = frozenset({"dynamodb", "kms"})
# locked because another package names it, but never imported; by distribution
UNUSED = {
    # email-validator asks DNS only for those who want deliverability checked
    "dnspython": "dns",
    # cffi reads C declarations with it, when an extension is built
    "pycparser": "pycparser",
}
UNUSED_FOLDERS = (
    # of commands
    "bin",
    # the pages that Powertools' own router can show
    "aws_lambda_powertools/event_handler/openapi/swagger_ui",
    "boto3/examples",
)
# for type checkers and C compilers, and what uv and ua-parser-builtins leave beside the packages
UNUSED_FILES = ("*.pyi", "py.typed", "*.h", ".lock", "REVISION")
# what installers write for themselves
INSTALLERS_FILES = (
    *("INSTALLER", "RECORD", "REQUESTED", "WHEEL"),
    *("entry_points.txt", "top_level.txt", "zip-safe"),
)


def trim(packages: Path, licences: Path) -> None:
    """Cut out what is not needed at run time, and move what tells of licences to ``licences``.

    Each package's METADATA goes there too: tools that look for known vulnerabilities in a layer
    read it, while on Python's path it only lengthens the search for plug-ins at each start.
    """
    _remove_unused(packages)
    _move_metadata(packages, licences)
    for data in ("botocore/data", "boto3/data"):
        _keep_services(packages / data)
    for description in packages.glob("botocore/data/*/*/service-2.json.gz"):
        _cut_documentation(description)
    _cut_endpoints(packages / "botocore" / "data")
    _empty_typed_dicts(packages / "pydantic_core" / "core_schema.py")


def _remove_unused(packages: Path) -> None:
    for distribution, package in UNUSED.items():
        shutil.rmtree(packages / package)
        (metadata,) = packages.glob(f"{distribution}-*.dist-info")
        shutil.rmtree(metadata)
    for folder in UNUSED_FOLDERS:
        shutil.rmtree(packages / folder)
    for pattern in UNUSED_FILES:
        for file in packages.rglob(pattern):
            file.unlink()


def _move_metadata(packages: Path, licences: Path) -> None:
    for metadata in packages.glob("*.dist-info"):
        shutil.move(metadata, licences / metadata.name)
    for name in INSTALLERS_FILES:
        for file in licences.glob(f"*/{name}"):
            file.unlink()


def _keep_services(data: Path) -> None:
    for folder in data.iterdir():
        if folder.is_dir() and folder.name not in SERVICES:
            shutil.rmtree(folder)
    for examples in data.rglob("examples-1.json*"):
        examples.unlink()
    for service in WITHOUT_RULES:
        for rules in (data / service).rglob("endpoint-rule-set-1.json*"):
            rules.unlink()


def _cut_documentation(service: Path) -> None:
    """Leave out what help() would show, which is most of what a first client has to parse."""
    text = json.dumps(_undocumented(_read(service)), separators=(",", ":"))
    service.write_bytes(gzip.compress(text.encode(), mtime=0))


def _undocumented(told: Any) -> Any:  # noqa: ANN401 - any JSON
    if isinstance(told, list):
        return [_undocumented(part) for part in told]
    if isinstance(told, dict):
        # a member of a shape may be called so, too, and be no text
        return {
            name: _undocumented(part)
            for name, part in told.items()
            if name != "documentation" or not isinstance(part, str)
        }
    return told


def _cut_endpoints(data: Path) -> None:
    prefixes = set(map(_endpoint_prefix, data.glob("*/*/service-2.json.gz")))
    file = data / "endpoints.json"
    endpoints = json.loads(file.read_text(encoding="utf-8"))
    for partition in endpoints["partitions"]:
        services = partition["services"].items()
        partition["services"] = {name: told for name, told in services if name in prefixes}
    file.write_text(json.dumps(endpoints, separators=(",", ":")), encoding="utf-8")


def _endpoint_prefix(service: Path) -> str:
    """Return the name that a service goes by among the endpoints."""
    prefix: str = _read(service)["metadata"]["endpointPrefix"]
    return prefix


def _read(service: Path) -> Any:  # noqa: ANN401 - any JSON
    with gzip.open(service) as description:
        return json.load(description)


def _empty_typed_dicts(module: Path) -> None:
    """Leave out the members of typed dictionaries: type checkers alone ask for them.

    Python compiles each member's annotation anew at every cold start.
    """
    source = module.read_text(encoding="utf-8")
    lines = source.splitlines(keepends=True)
    for node in reversed(ast.parse(source).body):
        if isinstance(node, ast.ClassDef) and "TypedDict" in map(ast.unparse, node.bases):
            lines[node.body[0].lineno - 1 : node.end_lineno] = ["    pass\n"]
    module.write_text("".join(lines), encoding="utf-8")
