"""The export of the trail, run by the hour, and the bucket that it writes to."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import boto3

from accounts.events import trail_files
from accounts.events.trail_files import TrailFile
from accounts.storage import audit
from accounts.storage.transactions import write
from infra.local.invoke import Invoke
from tests.support.clocks import Clock
from tests.support.deployment import Deployment

EXPORT = "ExportTrail"
HOUR_SECONDS = 3600


@dataclass(frozen=True)
class Exports:
    """The export in the time of the service's clock, and its bucket as somebody else sees it."""

    stack: Deployment
    invoke: Invoke
    clock: Clock

    def begin(self) -> None:
        """Empty the bucket."""
        for there in self._s3.list_object_versions(Bucket=self.bucket).get("Versions", ()):
            self._s3.delete_object(
                Bucket=self.bucket, Key=there["Key"], VersionId=there["VersionId"]
            )

    def run(self) -> None:
        """Have the function called, as by its schedule."""
        self.invoke(EXPORT, {})

    def pass_hour(self) -> None:
        """Let an hour pass, with a run at its end."""
        self.clock.advance(seconds=HOUR_SECONDS)
        self.run()

    def happen(self, user_id: int, *, seconds_ago: float = 0) -> str:
        """Put an event on record, perhaps by a clock that is behind, and return its id."""
        self.clock.advance(seconds=0.001)
        self.clock.advance(seconds=-seconds_ago)
        event = audit.event(user_id, "user_updated", language="en")
        self.clock.advance(seconds=seconds_ago)
        write(event)
        return str(event.item.key()[1])

    def names(self) -> Sequence[str]:
        """Return the names of all that is in the bucket."""
        found = self._s3.list_objects_v2(Bucket=self.bucket).get("Contents", ())
        return [there["Key"] for there in found]

    def content(self, number: int) -> bytes:
        """Return what is in a file."""
        name = trail_files.name_of(number)
        return bytes(self._s3.get_object(Bucket=self.bucket, Key=name)["Body"].read())

    def files(self) -> Sequence[TrailFile]:
        """Return all files, in their order."""
        return [TrailFile.read(self.content(number + 1)) for number in range(len(self.names()))]

    def ids(self) -> Sequence[str]:
        """Return the ids of all events in all files, file by file."""
        return [event_id for file in self.files() for event_id in file.ids()]

    def put(self, number: int, content: bytes) -> None:
        """Write a file whatever is there, as somebody who may."""
        self.put_as(trail_files.name_of(number), content)

    def put_as(self, name: str, content: bytes) -> None:
        """Write something under a name."""
        self._s3.put_object(Bucket=self.bucket, Key=name, Body=content)

    def remove(self, number: int) -> None:
        """Delete a file."""
        self._s3.delete_object(Bucket=self.bucket, Key=trail_files.name_of(number))

    @property
    def bucket(self) -> str:
        """Return the bucket's name."""
        return str(self.stack.resources["TrailBucket"]["Ref"])

    @property
    def _s3(self) -> Any:  # noqa: ANN401 - a few calls do not want their types
        return boto3.client("s3")


def opened(stack: Deployment, invoke: Invoke, clock: Clock) -> Exports:
    """Return the export with an empty bucket."""
    exports = Exports(stack, invoke, clock)
    exports.begin()
    return exports
