"""template.yaml as SAM expands it for CloudFormation, and what in it refers to what."""

import copy
import functools
import json
import re
import textwrap
import tomllib
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

import pytest
from samtranslator.translator.transform import (  # type: ignore[import-untyped] # ships no types
    transform,
)
from samtranslator.yaml_helper import yaml_parse  # type: ignore[import-untyped] # ships no types

from infra.local import ROOT
from infra.local.template.intrinsics import Resolver
from infra.local.template.parameters import parameter_values
from infra.local.template.pseudo_parameters import PSEUDO_PARAMETERS

CODE = "s3://bucket/functions.zip"
LAYER = "s3://bucket/layer.zip"
# every other parameter it leaves to CloudFormation, as tests/rehearsal/test_parameters.py shows
SEEN_BY_SAM = frozenset({"AllowedOrigins", "Tracing", "TrafficShift"})
NESTED = "https://bucket.s3.eu-central-1.amazonaws.com/nested.template"


class NoManagedPolicies:
    """What the translator asks for names of managed policies; our templates use none."""

    def load(self) -> Mapping[str, str]:
        """Return the ARNs by name."""
        return {}


def expand(
    parameters: Mapping[str, str] | None = None,
    *,
    code: str = CODE,
    layer: str = LAYER,
    added: Mapping[str, Any] | None = None,
) -> dict[str, Any]:
    """Return the template for CloudFormation, with its code where the packages were uploaded.

    ``added`` are more resources, as one would write them.
    """
    # a translation takes seconds, and many ask for the same
    text = _translated(
        tuple(sorted((parameters or {}).items())), code, layer, json.dumps(added or {})
    )
    expanded: dict[str, Any] = json.loads(text)
    return expanded


@functools.cache
def _translated(parameters: tuple[tuple[str, str], ...], code: str, layer: str, added: str) -> str:
    template = yaml_parse((ROOT / "template.yaml").read_text(encoding="utf-8"))
    template["Resources"] |= json.loads(added)
    for resource in template["Resources"].values():
        for name, uploaded in (("CodeUri", code), ("ContentUri", layer), ("Location", NESTED)):
            if name in resource.get("Properties", {}):
                resource["Properties"][name] = uploaded
    return json.dumps(translated(template, dict(parameters)))


def translated(template: Mapping[str, Any], parameters: Mapping[str, str]) -> dict[str, Any]:
    """Return a packaged template for CloudFormation."""
    seen = ((name, value) for name, value in parameters.items() if name in SEEN_BY_SAM)
    plain: dict[str, Any] = json.loads(_transformed(json.dumps(template), tuple(sorted(seen))))
    return plain


@functools.cache
def _transformed(template: str, parameters: tuple[tuple[str, str], ...]) -> str:
    return json.dumps(transformed(json.loads(template), dict(parameters)))


def transformed(template: dict[str, Any], parameters: dict[str, str]) -> Any:  # noqa: ANN401 - not always JSON's own types
    """Return what SAM makes of a packaged template, with all that it is given."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("AWS_DEFAULT_REGION", "eu-central-1")
        return transform(copy.deepcopy(template), parameters, NoManagedPolicies())


def resolved(node: object, template: Mapping[str, Any], parameters: Mapping[str, str]) -> Any:  # noqa: ANN401 - a template is JSON
    """Return a part of the expanded template as CloudFormation reads it with these parameters.

    Raises:
        UnresolvedReferenceError: it refers to a resource.
    """
    values = parameter_values(template["Parameters"], parameters)
    return Resolver({**PSEUDO_PARAMETERS, **values}, {}, template["Conditions"]).resolve(node)


def of_type(template: Mapping[str, Any], kind: str) -> dict[str, dict[str, Any]]:
    """Return the resources of a type, by logical id."""
    resources = template["Resources"].items()
    return {name: resource for name, resource in resources if resource["Type"] == kind}


def references(node: object) -> Iterator[str]:
    """Return the names of all that ``node`` refers to: parameters and resources."""
    match node:
        case {"Ref": str(name)} | {"Fn::GetAtt": [str(name), *_]}:
            yield name
        case {"Fn::Sub": argument}:
            text, own = argument if isinstance(argument, list) else (argument, {})
            yield from set(re.findall(r"\$\{([\w:]+)", text)) - set(own)
            yield from references(own)
        case _:
            for value in _parts(node):
                yield from references(value)


def conditions(node: object) -> Iterator[str]:
    """Return the names of all conditions that decide on a part of ``node``."""
    match node:
        case {"Condition": str(name)}:
            yield name
        case {"Fn::If": [str(name), *branches]}:
            yield name
            yield from conditions(branches)
        case _:
            for value in _parts(node):
                yield from conditions(value)


def with_every_statement(part: Any) -> Any:  # noqa: ANN401 - JSON
    """Return a part of a template with the statements of policies that depend on a condition.

    moto would leave nothing's name in the list where the condition is not met. Those about what is
    there on a condition itself are left out with it.
    """
    if isinstance(part, list):
        return [with_every_statement(one) for one in part if not _is_of_a_feature(one)]
    if not isinstance(part, dict):
        return part
    _, met, otherwise = part.get("Fn::If", (None, None, None))
    if isinstance(met, dict) and "Effect" in met and otherwise == {"Ref": "AWS::NoValue"}:
        return met
    return {name: with_every_statement(one) for name, one in part.items()}


def _is_of_a_feature(part: Any) -> bool:  # noqa: ANN401 - JSON
    match part:
        case {
            "Fn::If": ["TellsEvents" | "ExportsTrail" | "HasKeyPairs" | "HasKmsKeys", dict(met), _]
        }:
            return "Effect" in met
        case _:
            return False


def _parts(node: object) -> Iterable[object]:
    if isinstance(node, dict):
        return node.values()
    return node if isinstance(node, list) else ()


def configured(environment: str) -> dict[str, Any]:
    """Return what samconfig.toml says of ``sam deploy`` in an environment."""
    config = tomllib.loads((ROOT / "samconfig.toml").read_text(encoding="utf-8"))
    settings: dict[str, Any] = config[environment]["deploy"]["parameters"]
    return settings


def parameters_of(environment: str) -> dict[str, str]:
    """Return the parameters that samconfig.toml gives in an environment."""
    given: dict[str, str] = configured(environment)["parameter_overrides"]
    return given


def documented_parameters() -> list[str]:
    """Return the settings that docs show in TOML, in which a deployer's mails are written too."""
    texts = [path.read_text(encoding="utf-8") for path in sorted((ROOT / "docs").glob("*.md"))]
    blocks = re.findall(
        r"^( *)```toml\n(?!# mails/)(.*?)^\1```", "\n".join(texts), re.DOTALL | re.MULTILINE
    )
    return [textwrap.dedent(block) for _, block in blocks]


def named_parameters() -> list[tuple[str, str]]:
    """Return the settings that docs name in passing, as ``Name=value``."""
    texts = [path.read_text(encoding="utf-8") for path in sorted((ROOT / "docs").glob("*.md"))]
    declared = expand()["Parameters"]
    named = re.findall(r"\b([A-Z][a-z]+[A-Za-z]*)=([\w.:/-]*)", "\n".join(texts))
    return [(name, value) for name, value in named if name in declared]


def stack_of(environment: str) -> str:
    """Return the name of an environment's stack."""
    config = tomllib.loads((ROOT / "samconfig.toml").read_text(encoding="utf-8"))
    name: str = config[environment]["global"]["parameters"]["stack_name"]
    return name
