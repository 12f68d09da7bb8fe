"""A file of the exported trail: a signed statement, and below it the events, as JSON Lines.

The statement has the digest of the events, and that of the whole file before. So no event and no
file can be changed, added, left out or exchanged without its showing to who has the public key.
"""

import base64
import hashlib
import json
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from itertools import pairwise
from typing import Any, NamedTuple, Self

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ec import ECDSA, EllipticCurvePublicKey
from cryptography.hazmat.primitives.hashes import SHA256

from accounts.events.trail_lines import compact_json, line_of
from accounts.storage.tables import AuditEvent
from accounts.storage.trail_heads import Head

FORMAT = "users-trail-1"
SUFFIX = ".jsonl"
_DIGITS = 9


class BrokenFileError(Exception):
    """A file is not as it was written, or not where it belongs; the text says what is wrong."""


@dataclass(frozen=True)
class Statement:
    """What is signed of a file.

    It has the events from the place ``since`` until before ``until``, and behind those of before
    it ``late`` ones that were not in the index when the files that they belong to were written.
    ``before`` is the SHA-256 of the file before, ``sha256`` that of the lines below.
    """

    number: int
    before: str | None
    since: str
    until: str
    count: int
    late: int
    sha256: str

    def text(self) -> str:
        """Return it as it is signed."""
        return compact_json({"format": FORMAT, **asdict(self)})


class TrailFile(NamedTuple):
    """A file: its statement, the signature (ECDSA with SHA-256, in DER), and its lines."""

    statement: Statement
    signature: bytes
    body: bytes

    @classmethod
    def written(
        cls,
        head: Head,
        until: str,
        late: Sequence[AuditEvent],
        events: Sequence[AuditEvent],
        sign: Callable[[bytes], bytes],
    ) -> Self:
        """Return the file after ``head``, signed by ``sign``."""
        lines = [line_of(event) for event in (*late, *events)]
        body = "".join(f"{line}\n" for line in lines).encode()
        statement = Statement(
            number=head.number + 1,
            before=head.digest,
            since=head.until,
            until=until,
            count=len(lines),
            late=len(late),
            sha256=_sha256(body),
        )
        return cls(statement, sign(statement.text().encode()), body)

    @classmethod
    def read(cls, content: bytes) -> Self:
        """Return the file that has this content.

        Raises:
            BrokenFileError: it is none.
        """
        first, _, body = content.partition(b"\n")
        try:
            stated = json.loads(first)
            signature = base64.b64decode(stated.pop("signature"), validate=True)
            del stated["format"]
            file = cls(Statement(**stated), signature, body)
        except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
            raise BrokenFileError("its first line is no statement") from error
        # else what is read need not be what was signed
        if file.content() != content:
            raise BrokenFileError("its first line is not as it was written")
        return file

    @property
    def head(self) -> Head:
        """Return it as the newest file."""
        return Head(self.statement.number, _sha256(self.content()), self.statement.until)

    @property
    def head_before(self) -> Head:
        """Return the file before, as this one tells of it."""
        statement = self.statement
        return Head(statement.number - 1, statement.before, statement.since)

    def content(self) -> bytes:
        """Return all of it."""
        signature = base64.b64encode(self.signature).decode()
        # the statement with one member more
        first = f'{self.statement.text()[:-1]},"signature":"{signature}"}}\n'
        return first.encode() + self.body

    def events(self) -> Sequence[dict[str, Any]]:
        """Return its events.

        Raises:
            BrokenFileError: a line is none.
        """
        try:
            return [json.loads(line) for line in self.body.split(b"\n")[:-1]]
        except ValueError as error:
            raise BrokenFileError("a line in it is no event") from error

    def ids(self) -> Sequence[str]:
        """Return the ids of its events, as they stand in it.

        Raises:
            BrokenFileError: a line is no event.
        """
        try:
            return [str(event["id"]) for event in self.events()]
        except (KeyError, TypeError) as error:
            raise BrokenFileError("a line in it is no event") from error

    def require_signed(self, key: EllipticCurvePublicKey) -> None:
        """Return if the statement was signed by the holder of the key, and the lines are its own.

        Raises:
            BrokenFileError: that is not so.
        """
        try:
            key.verify(self.signature, self.statement.text().encode(), ECDSA(SHA256()))
        except InvalidSignature as error:
            raise BrokenFileError("its statement was not signed by this key") from error
        if _sha256(self.body) == self.statement.sha256:
            return
        lines = self.body.count(b"\n")
        if lines != self.statement.count:
            raise BrokenFileError(f"it has {lines} of {self.statement.count} events")
        raise BrokenFileError("an event in it was changed")

    def require_ordered(self) -> None:
        """Return if its events are those that it states, in their order and each but once.

        Raises:
            BrokenFileError: that is not so.
        """
        stated, ids = self.statement, self.ids()
        late, due = ids[: stated.late], ids[stated.late :]
        if len(ids) != stated.count or any(one >= next_ for one, next_ in pairwise(ids)):
            raise BrokenFileError("its events are not in their order")
        if any(one >= stated.since for one in late) or any(one < stated.since for one in due):
            raise BrokenFileError("it has events of the time before it")
        if ids and ids[-1] >= stated.until:
            raise BrokenFileError("it has events of the time after it")

    def require_after(self, head: Head) -> None:
        """Return if it is the file that comes after ``head``.

        Raises:
            BrokenFileError: it is another.
        """
        if self.statement.number != head.number + 1:
            raise BrokenFileError(f"it is file {self.statement.number} by its statement")
        if self.statement.before != head.digest:
            raise BrokenFileError(f"it does not go on from file {head.number} as that is now")
        if self.statement.since != head.until:
            raise BrokenFileError("it does not begin where the file before ends")


def name_of(number: int) -> str:
    """Return the name of the file with this number; names sort as numbers do."""
    return f"{number:0{_DIGITS}}{SUFFIX}"


def number_of(name: str) -> int | None:
    """Return the number of the file with this name, or None if no file is called so."""
    digits = name.removesuffix(SUFFIX)
    number = int(digits) if digits.isascii() and digits.isdigit() else 0
    return number if number and name == name_of(number) else None


def _sha256(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()
