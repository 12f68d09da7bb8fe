"""Files of accounts, as the tests write and read them."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import bcrypt

PASSWORD = "correct horse battery staple"


def foreign(number: int = 1, **changes: object) -> dict[str, Any]:
    """Return a person as another system exports them."""
    return {
        "email": f"person{number}@example.com",
        "name": f"Person {number}",
        "password_hash": bcrypt_hash(PASSWORD),
        **changes,
    }


def bcrypt_hash(password: str, version: str = "2b") -> str:
    """Return a cheap bcrypt hash, as other systems make them."""
    salt = bcrypt.gensalt(4)
    made = bcrypt.hashpw(password.encode()[:72], salt).decode()
    return f"${version}${made[4:]}"


def write(path: Path, *lines: Mapping[str, Any] | str | bytes) -> Path:
    """Write a file with these lines."""
    path.write_bytes(b"".join(_bytes(line) + b"\n" for line in lines))
    return path


def read(path: Path) -> list[dict[str, Any]]:
    """Return the lines of a file."""
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


def _bytes(line: Mapping[str, Any] | str | bytes) -> bytes:
    if isinstance(line, bytes):
        return line
    return (line if isinstance(line, str) else json.dumps(line)).encode()
