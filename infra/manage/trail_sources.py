"""Where the files of an exported trail are read from, and the key that they are verified with."""

import functools
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

import boto3
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, EllipticCurvePublicKey
from cryptography.hazmat.primitives.serialization import load_der_public_key, load_pem_public_key

from accounts.events.trail_files import SUFFIX
from infra.manage.problems import RefusedError

_PEM = b"-----BEGIN"


class Source(Protocol):
    """Something that has the files, by their names."""

    def names(self) -> Sequence[str]:
        """Return the names of the files, in their order."""

    def read(self, name: str) -> bytes:
        """Return what is in a file."""


@dataclass(frozen=True)
class Bucket:
    """The bucket that they were written to."""

    name: str

    def names(self) -> Sequence[str]:
        """Return the names of all that is in it, in their order.

        Raises:
            BotoCoreError, ClientError: AWS does not say.
        """
        pages = self._s3.get_paginator("list_objects_v2").paginate(Bucket=self.name)
        return [there["Key"] for page in pages for there in page.get("Contents", ())]

    def read(self, name: str) -> bytes:
        """Return what is in a file.

        Raises:
            BotoCoreError, ClientError: AWS does not give it.
        """
        answer = self._s3.get_object(Bucket=self.name, Key=name)
        return bytes(answer["Body"].read())

    @functools.cached_property
    def _s3(self) -> Any:  # noqa: ANN401 - two calls do not want their types
        # one for all files: to make it takes tens of milliseconds
        return boto3.client("s3")


@dataclass(frozen=True)
class Folder:
    """A folder that they were copied to; what is called otherwise in it is not looked at."""

    path: Path

    def names(self) -> Sequence[str]:
        """Return the names of the files, in their order.

        Raises:
            OSError: there is no such folder.
        """
        return sorted(path.name for path in self.path.iterdir() if path.name.endswith(SUFFIX))

    def read(self, name: str) -> bytes:
        """Return what is in a file.

        Raises:
            OSError: it cannot be read.
        """
        return (self.path / name).read_bytes()


def key_in(path: Path) -> EllipticCurvePublicKey:
    """Return the public key in a file, in DER as KMS gives it, or in PEM.

    Raises:
        RefusedError: there is none that the trail can be signed with.
        OSError: the file cannot be read.
    """
    return key_of(path.read_bytes(), str(path))


def key_of(content: bytes, whence: str) -> EllipticCurvePublicKey:
    """Return the public key that has this content.

    Raises:
        RefusedError: it is none that the trail can be signed with.
    """
    load = load_pem_public_key if content.startswith(_PEM) else load_der_public_key
    try:
        key = load(content)
    except (ValueError, UnsupportedAlgorithm) as error:
        raise RefusedError(f"{whence} is no public key in PEM or DER.") from error
    if not isinstance(key, EllipticCurvePublicKey) or not isinstance(key.curve, SECP256R1):
        raise RefusedError(f"{whence} is no key of the curve P-256, which the trail's is.")
    return key
