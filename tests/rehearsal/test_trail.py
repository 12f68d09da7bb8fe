"""The trail's export, switched on and off on a stack that runs: what comes, and what stays."""

from collections.abc import Callable

import pytest

from tests.support.rehearsal.rehearsal import Rehearsal

pytestmark = pytest.mark.rehearsal

KEPT = {"TrailBucket", "TrailBucketPolicy", "TrailHeadsTable", "TrailKey"}
THEIRS = {"ExportTrail", "ExportTrailHourly", "ExportTrailHourlyPermission", *KEPT}
LOCK = {"DefaultRetention": {"Mode": "COMPLIANCE", "Days": "30"}}


def test_export_comes_when_it_is_switched_on_and_leaves_what_it_wrote(
    new_stack: Callable[..., Rehearsal],
) -> None:
    rehearsal = new_stack()
    rehearsal.deploy()
    were = rehearsal.live()
    assert not THEIRS & set(rehearsal.stack.resources)

    rehearsal.deploy(TrailExport="true")
    assert set(rehearsal.stack.resources) >= THEIRS
    # nobody else is given another version for it
    are = {**rehearsal.live().versions}
    assert are.pop("ExportTrail")
    assert are == were.versions
    key = rehearsal.id("TrailKey")
    table = rehearsal.id("TrailHeadsTable")

    rehearsal.deploy(TrailExport="false")
    assert not THEIRS & set(rehearsal.stack.resources)
    assert rehearsal.stack.retained("AWS::KMS::Key") == [key]
    assert rehearsal.stack.retained("AWS::DynamoDB::Table") == [table]
    assert len(rehearsal.stack.retained("AWS::S3::Bucket")) == 1


def test_lock_is_changed_without_another_bucket(new_stack: Callable[..., Rehearsal]) -> None:
    rehearsal = new_stack(TrailExport="true")
    rehearsal.deploy()
    bucket = rehearsal.id("TrailBucket")
    assert "Rule" not in _lock(rehearsal)

    rehearsal.deploy(TrailLockDays="30")
    assert str(_lock(rehearsal)["Rule"]) == str(LOCK)

    rehearsal.deploy(TrailLockDays="0")
    assert "Rule" not in _lock(rehearsal)
    assert rehearsal.id("TrailBucket") == bucket


def _lock(rehearsal: Rehearsal) -> dict[str, object]:
    properties = rehearsal.stack.resources["TrailBucket"].properties
    lock: dict[str, object] = properties["ObjectLockConfiguration"]
    return lock
