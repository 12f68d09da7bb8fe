"""Buckets, in moto's server."""

from collections.abc import Callable
from typing import Any

from tests.support.rehearsal.kinds import Made, Properties, require_only_changes

LOCK = "ObjectLockConfiguration"


class Buckets:
    """``AWS::S3::Bucket``, of which the lock is all that may change."""

    def __init__(self, client: Callable[[str], Any]) -> None:
        self._s3 = client("s3")

    def make(self, name: str, properties: Properties) -> Made:
        """Make the bucket, whose name has no capital letters."""
        name = name.lower()
        self._s3.create_bucket(
            Bucket=name, ObjectLockEnabledForBucket=bool(properties["ObjectLockEnabled"])
        )
        made = Made(name, properties, {"Arn": f"arn:aws:s3:::{name}"})
        return self.change(made, properties)

    def change(self, made: Made, properties: Properties) -> Made:
        """Change how long new files are locked; anything else has to be thought of first."""
        require_only_changes(made, properties, LOCK)
        lock = dict(properties[LOCK])
        if rule := lock.get("Rule"):
            retention = rule["DefaultRetention"]
            days = int(retention["Days"])
            lock["Rule"] = {"DefaultRetention": {**retention, "Days": days}}
        self._s3.put_object_lock_configuration(
            Bucket=made.physical_id, ObjectLockConfiguration=lock
        )
        return Made(made.physical_id, properties, made.attributes)

    def remove(self, made: Made) -> None:
        """Delete the bucket, which has to be empty."""
        self._s3.delete_bucket(Bucket=made.physical_id)
