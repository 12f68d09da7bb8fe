"""Write what ``sam local`` needs: a template that declares all variables, and their values."""

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from samtranslator.yaml_helper import yaml_parse  # type: ignore[import-untyped] # ships no types

from infra.local.server import HOST
from infra.local.template.pseudo_parameters import PSEUDO_PARAMETERS
from infra.local.template.reader import Template

LOOPBACK = frozenset({HOST, "localhost"})


def ports(session: Mapping[str, Any]) -> frozenset[int]:
    """Return the ports of this machine's loopback at which the stack's resources are."""
    return frozenset(port for url in _loopback_urls(session) if (port := urlsplit(url).port))


def variables(template: Path, session: Mapping[str, Any], host: str) -> dict[str, dict[str, str]]:
    """Return the environment that each function has on the running stack.

    ``host`` is what those who are to have it call this machine.

    Raises:
        TemplateError, UnresolvedReferenceError: the stack is not of this template.
    """
    aws = session["aws"]
    functions = Template.load(template, PSEUDO_PARAMETERS, session["parameters"]).functions(
        aws["resources"]
    )
    seen = {HOST: host} | {url: _from_outside(url, host) for url in _loopback_urls(session)}
    return {
        function.logical_id: {
            name: _renamed(value, seen)
            for name, value in {**function.environment, **aws["environment"]}.items()
        }
        for function in functions
    }


def declaring(template: Path, names: Iterable[str]) -> dict[str, Any]:
    """Return the template, with ``names`` among the variables that every function has."""
    document: dict[str, Any] = yaml_parse(template.read_text(encoding="utf-8"))
    environment = document["Globals"]["Function"]["Environment"]
    environment["Variables"] |= dict.fromkeys(names, "")
    return document


def _loopback_urls(session: Mapping[str, Any]) -> frozenset[str]:
    aws = session["aws"]
    urls: Iterable[str] = (aws["endpoint_url"], aws["dynamodb_endpoint_url"])
    return frozenset(url for url in urls if urlsplit(url).hostname in LOOPBACK)


def _from_outside(url: str, host: str) -> str:
    parts = urlsplit(url)
    return parts._replace(netloc=f"{host}:{parts.port}").geturl()


def _renamed(value: str, seen: Mapping[str, str]) -> str:
    for name, renamed in seen.items():
        if f"{value}/".startswith(f"{name}/"):
            return renamed + value.removeprefix(name)
    return value
