"""The built stack, packaged once, and a stack of it for each test that asks."""

import copy
import itertools
import os
from collections.abc import Callable, Iterator
from typing import Any, cast

import boto3
import pytest

from infra.local.aws.embedded import embedded_aws
from infra.local.template.pseudo_parameters import REGION
from tests.support.rehearsal.moto_kinds import kinds
from tests.support.rehearsal.packaged import (
    BUCKET,
    CustomResources,
    DeployedFunctions,
    Package,
    package,
)
from tests.support.rehearsal.rehearsal import Rehearsal
from tests.support.rehearsal.stack import Stack


@pytest.fixture(scope="session")
def aws() -> Iterator[Callable[[str], Any]]:
    """moto's server, which this process's AWS clients talk to."""
    before = dict(os.environ)
    with embedded_aws():
        boto3.client("s3", REGION).create_bucket(Bucket=BUCKET)
        yield cast("Callable[[str], Any]", boto3.client)
    os.environ.clear()
    os.environ.update(before)


@pytest.fixture(scope="session")
def packaged(
    aws: Callable[[str], Any], tmp_path_factory: pytest.TempPathFactory, testrun_uid: str
) -> Package:
    """The built stack, uploaded."""
    return package(tmp_path_factory.mktemp("packaged"), testrun_uid)


@pytest.fixture(scope="session")
def unpacked(tmp_path_factory: pytest.TempPathFactory) -> Any:  # noqa: ANN401 - a path
    """Where packages are unpacked."""
    return tmp_path_factory.mktemp("unpacked")


@pytest.fixture(scope="session")
def new_stack(
    aws: Callable[[str], Any],
    packaged: Package,
    unpacked: Any,  # noqa: ANN401 - as above
) -> Callable[..., Rehearsal]:
    """Begin with a stack that nobody has deployed yet."""
    numbers = itertools.count(1)

    def begin(**parameters: str) -> Rehearsal:
        call = DeployedFunctions(aws, packaged, unpacked)
        made = {**kinds(aws), "Custom::PrepareStack": CustomResources(call)}
        stack = Stack(f"users-{next(numbers)}", REGION, made)
        return Rehearsal(stack, copy.deepcopy(dict(packaged.template)), parameters)

    return begin


@pytest.fixture
def deployed(new_stack: Callable[..., Rehearsal]) -> Rehearsal:
    """A stack with the defaults."""
    rehearsal = new_stack()
    rehearsal.deploy()
    return rehearsal
