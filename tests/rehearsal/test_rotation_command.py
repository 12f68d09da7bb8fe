"""``manage rotate-signing-key`` itself, on a stack that runs: its updates, and what each leaves."""

import os
import subprocess
import sys
from collections.abc import Iterator
from itertools import pairwise

import pytest

from infra.local import ROOT
from infra.local.server import listen, serving
from tests.support.rehearsal.changes import fail_setup
from tests.support.rehearsal.cloudformation import CloudFormation, Updated
from tests.support.rehearsal.rehearsal import Rehearsal

pytestmark = pytest.mark.rehearsal

KEY = "AWS::KMS::Key"
COMMAND_SECONDS = 300


@pytest.fixture
def cloudformation(
    deployed: Rehearsal, monkeypatch: pytest.MonkeyPatch
) -> Iterator[CloudFormation]:
    """CloudFormation, as commands find it."""
    played = CloudFormation(deployed)
    with serving(played, listen(0)) as url:
        monkeypatch.setenv("AWS_ENDPOINT_URL_CLOUDFORMATION", url)
        yield played


def _rotate(key: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(  # noqa: S603 - our own command line
        [sys.executable, "-m", "infra.manage", "--stack", "users", "rotate-signing-key", key],
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": f"{ROOT}:{ROOT / 'layers/shared'}"},
        capture_output=True,
        text=True,
        timeout=COMMAND_SECONDS,
        check=False,
    )


def _signing(it: Updated) -> set[str]:
    return {environment["SIGNING_KEY_ID"] for environment in it.live.environments.values()}


def _cannot_sign(before: Updated, after: Updated) -> set[str]:
    """Return the functions that for a moment of an update may not use the key they sign with.

    Roles change first, so that the last thing done is a function that still is as before.
    """
    return {
        function
        for function, keys in after.usable.items()
        for it in (before, after)
        if it.live.environments[function]["SIGNING_KEY_ID"] not in keys
    }


def test_command_rotates_there_and_back_and_every_function_can_sign_all_the_way(
    deployed: Rehearsal, cloudformation: CloudFormation
) -> None:
    first = cloudformation.seen()
    a = deployed.id("SigningKeyA")

    there = _rotate("B")
    assert there.returncode == 0, there.stderr
    b = deployed.id("SigningKeyB")
    retained_there = deployed.stack.retained(KEY)
    back = _rotate("A")

    assert back.returncode == 0, back.stderr
    new_a = deployed.id("SigningKeyA")
    assert len({a, b, new_a}) == 3
    published, alone, as_before, *others = cloudformation.updates
    assert [_signing(it) for it in (published, alone, as_before)] == [{b}] * 3
    assert [_signing(it) for it in others] == [{new_a}] * 3
    for before, after in pairwise((first, *cloudformation.updates)):
        assert after.usable.keys() == first.usable.keys() != set()
        assert _cannot_sign(before, after) == set()
    assert retained_there == [a]
    assert deployed.stack.retained(KEY) == [a, b]
    # but for the key all is as it was before
    assert as_before.parameters == {**first.parameters, "ActiveSigningKey": "B"}
    assert others[-1].parameters == first.parameters


def test_rotation_in_one_update_would_take_the_key_from_functions_that_sign_with_it(
    deployed: Rehearsal, cloudformation: CloudFormation
) -> None:
    before = cloudformation.seen()

    deployed.deploy(ActiveSigningKey="B")

    assert _cannot_sign(before, cloudformation.seen()) == set(before.usable) != set()


def test_command_tells_of_an_update_that_was_taken_back_and_the_old_key_signs_on(
    deployed: Rehearsal, cloudformation: CloudFormation
) -> None:
    a = deployed.id("SigningKeyA")
    fail_setup(deployed)

    ended = _rotate("B")

    assert ended.returncode == 1
    assert "Traceback" not in ended.stderr
    assert _signing(cloudformation.seen()) == {a}
    assert "SigningKeyB" not in deployed.stack.resources
