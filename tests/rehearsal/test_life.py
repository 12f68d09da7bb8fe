"""The stack's own life: other code, updates that fail, a first one that does, the end."""

from collections.abc import Callable

import boto3
import pytest

from tests.support.rehearsal.changes import change, fail_setup, recode
from tests.support.rehearsal.rehearsal import Rehearsal
from tests.support.rehearsal.stack import RolledBackError

pytestmark = pytest.mark.rehearsal

STATEFUL = ("AWS::DynamoDB::Table", "AWS::KMS::Key")


def _stateful(rehearsal: Rehearsal) -> dict[str, str]:
    return {name: made for kind in STATEFUL for name, made in rehearsal.ids(kind).items()}


def _in_aws() -> tuple[set[str], set[str]]:
    """Return all tables, and all keys that are not about to be deleted."""
    kms = boto3.client("kms")
    tables = boto3.client("dynamodb").get_paginator("list_tables").paginate()
    keys = [key for page in kms.get_paginator("list_keys").paginate() for key in page["Keys"]]
    enabled = {
        key["KeyId"]
        for key in keys
        if kms.describe_key(KeyId=key["KeyId"])["KeyMetadata"]["KeyState"] == "Enabled"
    }
    return {name for page in tables for name in page["TableNames"]}, enabled


def test_changed_function_gets_a_version_and_all_others_stay(deployed: Rehearsal) -> None:
    ids, before = _stateful(deployed), deployed.live()

    change(deployed, "ListRoles", "list_roles.py", "\n# changed\n")
    deployed.deploy()

    after = deployed.live()
    moved = after.moved_since(before)
    # packaged together, so that the digest of one is that of all in its zone
    in_server_zone = {
        name
        for name, resource in deployed.template["Resources"].items()
        if resource.get("Properties", {}).get("CodeUri")
        == deployed.template["Resources"]["ListRoles"]["Properties"]["CodeUri"]
    }
    assert moved == in_server_zone
    assert "ListRoles" in moved
    assert "LogIn" not in moved
    assert after.environments == before.environments
    assert _stateful(deployed) == ids


def test_deploying_the_same_again_touches_nothing(deployed: Rehearsal) -> None:
    before = dict(deployed.stack.resources)

    deployed.deploy()

    assert {
        name for name, made in deployed.stack.resources.items() if made is not before[name]
    } == (set())


def test_failed_update_leaves_everything_as_it_was(deployed: Rehearsal) -> None:
    ids, live = _stateful(deployed), deployed.live()
    in_aws = _in_aws()

    good = fail_setup(deployed)
    with pytest.raises(RolledBackError, match="OSError, see log stream"):
        deployed.deploy(PublishBothSigningKeys="true", AuditDays="30")

    assert _stateful(deployed) == ids
    assert deployed.live() == live
    # the second key, which nobody has ever known
    assert _in_aws() == in_aws
    bad = deployed.template["Resources"]["PrepareStack"]["Properties"]["CodeUri"]
    recode(deployed, bad, good)
    deployed.deploy(AuditDays="30")
    assert {it["AUDIT_DAYS"] for it in deployed.live().environments.values()} == {"30"}


def test_failed_first_deployment_leaves_nothing(new_stack: Callable[..., Rehearsal]) -> None:
    rehearsal = new_stack()
    in_aws = _in_aws()

    fail_setup(rehearsal)
    with pytest.raises(RolledBackError, match="OSError, see log stream"):
        rehearsal.deploy()

    assert rehearsal.stack.resources == {}
    assert _in_aws() == in_aws


def _left(name: str) -> set[str]:
    """Return what is left of stacks of this name that costs or lets somebody in."""
    functions = boto3.client("lambda").get_paginator("list_functions").paginate()
    roles = boto3.client("iam").get_paginator("list_roles").paginate()
    queues = boto3.client("sqs").list_queues(QueueNamePrefix=name).get("QueueUrls", [])
    return {
        *(one["FunctionName"] for page in functions for one in page["Functions"]),
        *(one["RoleName"] for page in roles for one in page["Roles"]),
        *queues,
    }


def test_deleted_stack_leaves_its_tables_and_keys_and_nothing_else(deployed: Rehearsal) -> None:
    ids = set(_stateful(deployed).values())
    others = {made.physical_id for made in deployed.stack.resources.values()} - ids

    deployed.stack.delete()

    tables, keys = _in_aws()
    assert ids <= tables | keys
    left = _left("users-")
    assert left & others == set()
