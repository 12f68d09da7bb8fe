"""The proxy's secret is accepted before it is sent, and as long as it is, whatever interrupts."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass

import boto3
import pytest

from infra.cloudfront.bringing import bring
from infra.cloudfront.proxy_secret import ProxySecret, Version

REGION = "us-east-1"
NAME = "users-eu-central-1-cloudfront"


class StoppedError(Exception):
    """The operator's connection is gone."""


@dataclass
class World:
    """What the functions accept and CloudFront sends; after so many steps everything stops."""

    accepted: Sequence[str] = ()
    sent: Version | None = None
    steps_left: int = 100

    def accept(self, digests: Sequence[str]) -> None:
        """Have the functions accept these digests alone."""
        self._step()
        self.accepted = digests
        self._check()

    def send(self, version: Version) -> None:
        """Have CloudFront send this version."""
        self._step()
        self.sent = version
        self._check()

    def _step(self) -> None:
        if self.steps_left == 0:
            raise StoppedError
        self.steps_left -= 1

    def _check(self) -> None:
        if self.sent is not None:
            assert self.sent.digest in self.accepted


@pytest.fixture
def secret() -> ProxySecret:
    """A secret that nobody has made yet."""
    return ProxySecret(boto3.client("secretsmanager", region_name=REGION), NAME)


def _kept(version: Version) -> str:
    client = boto3.client("secretsmanager", region_name=REGION)
    text = client.get_secret_value(SecretId=NAME, VersionId=version.version_id)["SecretString"]
    return hashlib.sha256(text.encode()).hexdigest()[:32]


def test_first_secret_is_random_kept_and_sent(secret: ProxySecret) -> None:
    world = World()

    bring(secret, world.accept, world.send, renew=False)

    assert world.sent is not None
    assert world.accepted == [world.sent.digest] == [_kept(world.sent)]
    text = boto3.client("secretsmanager", region_name=REGION).get_secret_value(SecretId=NAME)
    assert len(bytes.fromhex(text["SecretString"])) == 32


def test_to_repeat_it_changes_nothing(secret: ProxySecret) -> None:
    world = World()
    bring(secret, world.accept, world.send, renew=False)
    first = world.sent

    bring(secret, world.accept, world.send, renew=False)

    assert world.sent == first


def test_renewed_secret_is_another_and_the_old_one_is_void(secret: ProxySecret) -> None:
    world = World()
    bring(secret, world.accept, world.send, renew=False)
    first = world.sent

    bring(secret, world.accept, world.send, renew=True)

    assert world.sent is not None
    assert world.sent != first
    assert world.accepted == [world.sent.digest]
    assert secret.current() == world.sent
    assert secret.pending() is None


@pytest.mark.parametrize("steps", range(3))
@pytest.mark.parametrize("renew_again", [False, True])
def test_interrupted_renewal_goes_on(secret: ProxySecret, steps: int, renew_again: bool) -> None:
    world = World()
    bring(secret, world.accept, world.send, renew=False)
    first = world.sent
    world.steps_left = steps

    with pytest.raises(StoppedError):
        bring(secret, world.accept, world.send, renew=True)
    world.steps_left = 100
    bring(secret, world.accept, world.send, renew=renew_again)

    assert world.sent is not None
    assert world.accepted == [world.sent.digest]
    assert secret.pending() is None
    assert world.sent != first
