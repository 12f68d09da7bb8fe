"""What sam itself makes of the files that it is given: the settings, and the template's names."""

import json
import re
import subprocess
from collections.abc import Mapping
from pathlib import Path

import pytest
from samtranslator.yaml_helper import yaml_parse  # type: ignore[import-untyped] # ships no types

from infra.local import ROOT
from tests.support import expansion

SAM_PYTHON = ROOT / ".venv-sam" / "bin" / "python"
SETTINGS = """
import json, sys
from samcli.commands.deploy.command import cli
from samcli.commands.deploy.deploy_context import DeployContext
from samcli.yamlhelper import parse_yaml_file

with cli.make_context("deploy", ["--config-file", sys.argv[1], "--config-env", sys.argv[2]]) as it:
    given = it.params["parameter_overrides"]
merged = DeployContext.merge_parameters(parse_yaml_file("template.yaml"), given)
print(json.dumps({one["ParameterKey"]: one.get("ParameterValue") for one in merged}))
"""
BUILT = """
from samcli.yamlhelper import parse_yaml_file, yaml_dump

print(yaml_dump(parse_yaml_file("template.yaml")))
"""
CONFIG = """
version = 0.1
[default.deploy.parameters]
stack_name = "users-dev"
[default.deploy.parameters.parameter_overrides]
"""
# a space, quotes, nothing, and what a list of pairs would be split at
DIFFICULT = {
    "MailServiceName": 'Our "own" users, and yours',
    "BreachedPasswordsUrl": "",
    "AllowedOrigins": "https://app.example.com,http://localhost:5173",
}

pytestmark = pytest.mark.e2e


def _sam(script: str, *arguments: str) -> str:
    """Return what a script prints that imports sam."""
    done = subprocess.run(  # noqa: S603 - sam, as locked
        [SAM_PYTHON, "-c", script, *arguments], cwd=ROOT, capture_output=True, text=True, check=True
    )
    return done.stdout


def _given(config: Path, environment: str) -> Mapping[str, str]:
    """Return the parameters that sam would send to CloudFormation; the others stay as they are."""
    sent: dict[str, str | None] = json.loads(_sam(SETTINGS, str(config), environment))
    return {name: value for name, value in sent.items() if value is not None}


@pytest.mark.parametrize("environment", ["default", "staging", "prod"])
def test_sam_takes_the_settings_as_they_are_written(environment: str) -> None:
    given = _given(ROOT / "samconfig.toml", environment)

    assert given == expansion.parameters_of(environment)
    assert given["Stage"]


def test_sam_takes_any_value_as_it_is(tmp_path: Path) -> None:
    config = tmp_path / "samconfig.toml"
    lines = [f"{name} = {json.dumps(value)}" for name, value in DIFFICULT.items()]
    config.write_text(CONFIG + "\n".join(lines), encoding="utf-8")

    assert _given(config, "default") == DIFFICULT


def test_sam_takes_the_settings_that_the_guides_show(tmp_path: Path) -> None:
    config = tmp_path / "samconfig.toml"
    shown = expansion.documented_parameters()
    assert shown

    for parameters in shown:
        config.write_text(CONFIG + parameters, encoding="utf-8")
        given = _given(config, "default")
        assert given == dict(re.findall(r'^(\w+) = "(.*)"$', parameters, re.MULTILINE))


def test_sam_takes_the_settings_that_the_guides_name(tmp_path: Path) -> None:
    config = tmp_path / "samconfig.toml"
    named = dict.fromkeys(expansion.named_parameters())
    assert named

    # a setting that is named with several values takes as many turns
    while named:
        parameters = dict(list(named))
        lines = [f"{name} = {json.dumps(value)}" for name, value in parameters.items()]
        config.write_text(CONFIG + "\n".join(lines), encoding="utf-8")
        assert _given(config, "default") == parameters
        for pair in parameters.items():
            del named[pair]


def test_built_template_has_no_names_that_cloudformation_does_not_know() -> None:
    written = (ROOT / "template.yaml").read_text(encoding="utf-8")
    names = re.findall(r" &(\w+)$", written, re.MULTILINE)

    built = _sam(BUILT)

    assert len(names) > 3
    assert yaml_parse(built) == yaml_parse(written)
    assert not re.search(r"[:-] [&*]\w+", built)
