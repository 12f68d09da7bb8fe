"""docs/deploy.md and the workflows: what they name is there, and is as they say."""

import re
import shlex
import tomllib
from collections.abc import Iterator, Mapping
from typing import Any

import pytest
import yaml

from infra.local import ROOT
from infra.manage.arguments import parser
from tests.support import expansion

GUIDE = (ROOT / "docs" / "deploy.md").read_text(encoding="utf-8")
WORKFLOWS = sorted((ROOT / ".github" / "workflows").glob("*.yml"))
ENVIRONMENTS = ("default", "staging", "prod")


def _rows(title: str) -> Iterator[list[str]]:
    """Return the rows of the table whose first column has this title."""
    lines = iter(GUIDE.splitlines())
    for line in lines:
        if line.startswith(f"| {title} |"):
            next(lines)
            for row in lines:
                if not row.startswith("|"):
                    return
                yield [cell.strip() for cell in row.strip("|").split("|")]


@pytest.fixture(scope="module")
def expanded() -> Mapping[str, Any]:
    """The template as SAM expands it for CloudFormation."""
    return expansion.expand()


def test_every_setting_that_is_named_is_there(expanded: Mapping[str, Any]) -> None:
    given = re.findall(r"\b([A-Z][a-z]+[A-Za-z]*)=([\w.:/-]*)", GUIDE)
    for parameters in expansion.documented_parameters():
        given += tomllib.loads(parameters).items()

    assert {"MailFrom", "ActiveSigningKey", "DomainName"} <= {name for name, _ in given}
    for name, value in given:
        assert re.fullmatch(expanded["Parameters"][name].get("AllowedPattern", ".*"), value)
        declared = expanded["Parameters"][name]
        assert value in declared.get("AllowedValues", [value]), name


def test_every_target_of_make_is_there() -> None:
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    targets = set(re.findall(r"^([a-z0-9-]+):", makefile, re.MULTILINE))
    texts = (GUIDE, *(path.read_text(encoding="utf-8") for path in WORKFLOWS))

    named = set(re.findall(r"(?:`|run: |^ +)make ([a-z-]+)", "\n".join(texts), re.MULTILINE))

    assert {"deploy", "ship", "build", "audit", "licences"} <= named <= targets


def test_every_command_of_the_operator_is_there() -> None:
    lines = re.findall(r"\$\(manage (.+)\)$", GUIDE, re.MULTILINE)

    commands = [parser().parse_args(["--stack", "users", *shlex.split(line)]) for line in lines]

    assert [options.command for options in commands] == [
        "create-administrator",
        "issue-service-token",
    ]


def test_memory_is_as_the_table_has_it(expanded: Mapping[str, Any]) -> None:
    memory = {
        name: function["Properties"]["MemorySize"]
        for name, function in expansion.of_type(expanded, "AWS::Lambda::Function").items()
    }

    told = {cells[0]: int(cells[1].replace(",", "")) for cells in _rows("Functions")}
    others = told.pop("all others")
    named = {name: megabytes for names, megabytes in told.items() for name in names.split(", ")}

    assert dict.fromkeys(memory, others) | named == memory


def test_time_is_as_the_table_has_it(expanded: Mapping[str, Any]) -> None:
    told = {cells[0]: cells[1] for cells in _rows("What")}
    resources = expanded["Resources"]

    assert int(told["a function behind the API"]) == resources["LogIn"]["Properties"]["Timeout"]
    assert told["SendMail; its messages stay hidden"] == (
        f"{resources['SendMail']['Properties']['Timeout']};"
        f" {resources['MailQueue']['Properties']['VisibilityTimeout']}"
    )
    assert told["PrepareStack; CloudFormation waits"] == (
        f"{resources['PrepareStack']['Properties']['Timeout']};"
        f" {resources['Setup']['Properties']['ServiceTimeout']}"
    )


def test_stages_are_as_the_table_has_them() -> None:
    rows = {cells[0]: dict(zip(ENVIRONMENTS, cells[1:], strict=True)) for cells in _rows("Section")}
    shifts = {
        "AllAtOnce": "at once",
        "Canary10Percent15Minutes": "10 %, after 15 minutes all",
        "Linear10PercentEvery3Minutes": "10 % more every 3 minutes",
    }

    for environment in ENVIRONMENTS:
        given = expansion.parameters_of(environment)
        reserved = given.get("HashingConcurrency")
        assert rows["stack"][environment] == expansion.stack_of(environment)
        protected = rows["tables are protected against deletion"][environment]
        assert protected == ("yes" if given["Stage"] == "prod" else "no")
        shift = rows["an update takes over (`TrafficShift`)"][environment]
        assert shift == shifts[given.get("TrafficShift", "AllAtOnce")]
        kept = rows["kept free for hashing (`HashingConcurrency`)"][environment]
        assert kept == (f"{reserved} for each function that hashes" if reserved else "–")


@pytest.mark.parametrize("environment", ENVIRONMENTS)
def test_what_is_deployed_may_make_roles_and_nested_stacks(environment: str) -> None:
    assert expansion.configured(environment)["capabilities"] == [
        "CAPABILITY_IAM",
        "CAPABILITY_AUTO_EXPAND",
    ]


# workflows


@pytest.mark.parametrize("path", WORKFLOWS, ids=lambda path: path.stem)
def test_workflow_holds_no_key_and_may_write_nothing(path: Any) -> None:  # noqa: ANN401 - a path
    text = path.read_text(encoding="utf-8")
    workflow = yaml.safe_load(text)

    assert "secrets." not in text
    assert workflow["permissions"] == {"contents": "read"}
    for job in workflow["jobs"].values():
        assert job.get("permissions", {}) in ({}, {"contents": "read", "id-token": "write"})


@pytest.mark.parametrize("path", WORKFLOWS, ids=lambda path: path.stem)
def test_no_job_with_rights_runs_what_others_may_exchange(path: Any) -> None:  # noqa: ANN401 - a path
    workflow = yaml.safe_load(path.read_text(encoding="utf-8"))

    for job in workflow["jobs"].values():
        if "id-token" in job.get("permissions", {}):
            used = [step["uses"] for step in (job, *job.get("steps", [])) if "uses" in step]
            assert used
            for action in used:
                # of this very commit, or of a digest; a tag can be moved
                assert re.fullmatch(r"\./.+|[\w./-]+@[0-9a-f]{40}", action)


def test_prod_waits_for_staging_and_staging_for_the_tests() -> None:
    workflow = yaml.safe_load((ROOT / ".github/workflows/deploy.yml").read_text(encoding="utf-8"))
    jobs = workflow["jobs"]

    assert jobs["staging"]["needs"] == "test"
    assert jobs["prod"]["needs"] == "staging"
    for stage in ("staging", "prod"):
        assert jobs[stage]["with"] == {"stage": stage, "stack": expansion.stack_of(stage)}


def test_rights_are_lent_after_the_build() -> None:
    workflow = yaml.safe_load((ROOT / ".github/workflows/stage.yml").read_text(encoding="utf-8"))
    steps = [step.get("run", step.get("uses", "")) for step in workflow["jobs"]["deploy"]["steps"]]

    (build,) = (number for number, step in enumerate(steps) if step == "make build")
    (lent,) = (number for number, step in enumerate(steps) if "aws-credentials@" in step)
    (ship,) = (number for number, step in enumerate(steps) if step.startswith("make ship"))
    assert build < lent < ship
