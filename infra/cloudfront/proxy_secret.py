"""What CloudFront proves by that a request came through it: a secret, and while it is renewed two.

It is kept in Secrets Manager in CloudFront's own region, where the distribution's template reads
it. The functions know its digest alone.
"""

import secrets
from dataclasses import dataclass
from typing import TYPE_CHECKING

from accounts.edge import proxy

if TYPE_CHECKING:
    from mypy_boto3_secretsmanager import SecretsManagerClient

BYTES = 32
CURRENT, PENDING = "AWSCURRENT", "AWSPENDING"


@dataclass(frozen=True)
class Version:
    """A version of the secret: its id there, and the digest that functions know it by."""

    version_id: str
    digest: str


class ProxySecret:
    """The secret of one service.

    Each method raises ``BotoCoreError`` or ``ClientError`` where Secrets Manager does not do it.
    """

    def __init__(self, client: "SecretsManagerClient", name: str) -> None:
        self._client = client
        self._name = name

    @property
    def arn(self) -> str:
        """Return the secret's ARN."""
        return self._client.describe_secret(SecretId=self._name)["ARN"]

    def current(self) -> Version:
        """Return the version in force; the first time it is made."""
        try:
            return self._version(CURRENT)
        except self._client.exceptions.ResourceNotFoundException:
            self._client.create_secret(
                Name=self._name,
                Description="CloudFront proves to the users service by it that it is CloudFront",
                SecretString=_random(),
            )
            return self._version(CURRENT)

    def pending(self) -> Version | None:
        """Return the version that a renewal, which has not ended, is about to put in force."""
        try:
            return self._version(PENDING)
        except self._client.exceptions.ResourceNotFoundException:
            return None

    def begin_renewal(self) -> Version:
        """Return a version to put in force next; one that is pending already goes on."""
        if (pending := self.pending()) is not None:
            return pending
        self._client.put_secret_value(
            SecretId=self._name, SecretString=_random(), VersionStages=[PENDING]
        )
        return self._version(PENDING)

    def end_renewal(self, version: Version) -> None:
        """Put the pending version in force."""
        self._client.update_secret_version_stage(
            SecretId=self._name,
            VersionStage=CURRENT,
            MoveToVersionId=version.version_id,
            RemoveFromVersionId=self.current().version_id,
        )
        self._client.update_secret_version_stage(
            SecretId=self._name, VersionStage=PENDING, RemoveFromVersionId=version.version_id
        )

    def _version(self, stage: str) -> Version:
        found = self._client.get_secret_value(SecretId=self._name, VersionStage=stage)
        return Version(found["VersionId"], proxy.digest(found["SecretString"]))


def _random() -> str:
    return secrets.token_hex(BYTES)
