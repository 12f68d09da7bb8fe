"""Write moto's keys and tables to a file, and read them back."""

import os
import pickle
from pathlib import Path
from typing import Any

import moto
from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePrivateKey
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from cryptography.hazmat.primitives.asymmetric.types import PrivateKeyTypes
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_der_private_key,
)
from moto.backends import get_backend

from infra.local.template.pseudo_parameters import ACCOUNT_ID, REGION


class MotoStateError(Exception):
    """What was written cannot be read here; the text says why."""


def save(path: Path) -> None:
    """Write it to ``path``, whole or not at all, for its owner alone to read."""
    scratch = path.with_suffix(".new")
    descriptor = os.open(scratch, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        pickle.dump(moto.__version__, file)
        _Pickler(file).dump((_kms().keys, _dynamodb().tables))
    scratch.replace(path)


def load(path: Path) -> None:
    """Give moto what is in the file at ``path``, if there is one.

    Raises:
        MotoStateError: another version of moto wrote it.
    """
    if not path.exists():
        return
    # the file is our own, and only its owner may write it
    with path.open("rb") as file:
        version = pickle.load(file)  # noqa: S301 - as above
        if version != moto.__version__:
            raise MotoStateError(
                f"{path} is of moto {version}, and this is moto {moto.__version__}"
            )
        keys, tables = pickle.load(file)  # noqa: S301 - as above
    _kms().keys.update(keys)
    _dynamodb().tables.update(tables)


class _Pickler(pickle.Pickler):
    def reducer_override(self, thing: object) -> Any:  # noqa: ANN401 - whatever pickle takes
        """Write private keys as DER, since cryptography's objects do not pickle."""
        if isinstance(thing, EllipticCurvePrivateKey | RSAPrivateKey):
            der = thing.private_bytes(Encoding.DER, PrivateFormat.PKCS8, NoEncryption())
            return _private_key, (der,)
        return NotImplemented


def _private_key(der: bytes) -> PrivateKeyTypes:
    return load_der_private_key(der, password=None)


def _kms() -> Any:  # noqa: ANN401 - moto types its backends loosely
    return get_backend("kms")[ACCOUNT_ID][REGION]


def _dynamodb() -> Any:  # noqa: ANN401 - as above
    return get_backend("dynamodb")[ACCOUNT_ID][REGION]
