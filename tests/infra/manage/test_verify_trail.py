"""The exported trail is verified: whatever was done to it is seen, and where."""

import base64
import hashlib
import json
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import boto3
import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    PublicFormat,
    load_der_public_key,
)

from accounts.events.trail_files import TrailFile, name_of
from accounts.storage import places
from accounts.storage.tables import AuditEvent
from accounts.storage.trail_heads import Head
from infra.local.invoke import Invoke
from tests.infra.manage.conftest import Ended, Manage
from tests.support import exports
from tests.support.clocks import Clock
from tests.support.deployment import Deployment
from tests.support.exports import HOUR_SECONDS, Exports
from tests.support.people import Person

FILES = 4


@pytest.fixture
def export(
    stack: Deployment,
    invoke: Invoke,
    clock: Clock,
    alice: Person,
    setting: Callable[..., None],
) -> Exports:
    """An exported trail of four files, each with events."""
    # the first run looks through all of it
    setting(AUDIT_DAYS="30")
    it = exports.opened(stack, invoke, clock)
    clock.time = clock.time.replace(minute=20)
    for _ in range(FILES):
        it.happen(alice.id)
        it.happen(alice.id)
        it.pass_hour()
    assert all(file.statement.count > 1 for file in it.files())
    return it


@pytest.fixture
def folder(export: Exports, tmp_path: Path) -> Path:
    """A copy of the files."""
    path = tmp_path / "trail"
    path.mkdir()
    for number in range(1, FILES + 1):
        (path / name_of(number)).write_bytes(export.content(number))
    return path


@pytest.fixture
def public_key(export: Exports, tmp_path: Path) -> Path:
    """The key as KMS gives it."""
    key_id = export.stack.resources["TrailKey"]["Ref"]
    path = tmp_path / "trail-key.der"
    path.write_bytes(boto3.client("kms").get_public_key(KeyId=key_id)["PublicKey"])
    return path


NOWHERE: tuple[str, ...] = ()


def _broken(ended: Ended, number: int, why: str) -> None:
    assert (ended.code, ended.out) == (1, "")
    assert ended.err == f"The trail is not whole. {name_of(number)}: {why}.\n"


def test_whole_trail_is_told_of(manage: Manage, export: Exports) -> None:
    ended = manage("verify-trail")

    assert ended.code == 0
    told = dict(line.split(maxsplit=1) for line in ended.out.splitlines()[1:])
    events = len(export.ids())
    assert told["files"] == "4, from 1 to 4"
    assert told["events"] == f"{events}, 0 of them late"
    assert told["until"] == f"{export.clock.time:%Y-%m-%d %H}:00 UTC"
    assert ended.err == "4 files as written and signed, and none between is missing.\n"


def test_whole_trail_is_told_of_to_scripts(manage: Manage, export: Exports) -> None:
    ended = manage("verify-trail", "--json")

    told = json.loads(ended.result)
    assert ended.code == 0
    assert (told["ok"], told["first"], told["last"], told["files"]) == (True, 1, 4, 4)
    assert told["events"] == len(export.ids())


def test_late_event_breaks_nothing(manage: Manage, export: Exports, alice: Person) -> None:
    export.happen(alice.id, seconds_ago=HOUR_SECONDS)
    export.pass_hour()

    ended = manage("verify-trail", "--json")

    assert (ended.code, json.loads(ended.result)["late"]) == (0, 1)


# what somebody who may write to the bucket can do


def _edited(content: bytes) -> bytes:
    return content.replace(b'"language":"en"', b'"language":"ru"', 1)


def _with_line(content: bytes) -> bytes:
    return content + content.splitlines(keepends=True)[-1]


def _without_line(content: bytes) -> bytes:
    return b"".join(content.splitlines(keepends=True)[:-1])


def _in_another_order(content: bytes) -> bytes:
    first, one, other, *rest = content.splitlines(keepends=True)
    return b"".join((first, other, one, *rest))


def _restated(content: bytes) -> bytes:
    """Change an event, and have the statement tell so."""
    first, _, body = content.partition(b"\n")
    body = _edited(body)
    stated = json.loads(first)
    stated["sha256"] = hashlib.sha256(body).hexdigest()
    return json.dumps(stated, separators=(",", ":")).encode() + b"\n" + body


def _in_other_words(content: bytes) -> bytes:
    return content.replace(b'{"format"', b'{ "format"', 1)


def _with_other_version(content: bytes) -> bytes:
    return content.replace(b"users-trail-1", b"users-trail-2", 1)


def _signed_again(content: bytes) -> bytes:
    first, _, body = content.partition(b"\n")
    stated = json.loads(first)
    key = ec.generate_private_key(ec.SECP256R1())
    file = TrailFile.read(content)
    signature = key.sign(file.statement.text().encode(), ec.ECDSA(SHA256()))
    stated["signature"] = base64.b64encode(signature).decode()
    return json.dumps(stated, separators=(",", ":")).encode() + b"\n" + body


NOT_SIGNED = "its statement was not signed by this key"
EDITS: Mapping[str, tuple[Callable[[bytes], bytes], str]] = {
    "edited event": (_edited, "an event in it was changed"),
    "added event": (_with_line, "it has 3 of 2 events"),
    "removed event": (_without_line, "it has 1 of 2 events"),
    "swapped events": (_in_another_order, "an event in it was changed"),
    "edited event and statement": (_restated, NOT_SIGNED),
    "another key": (_signed_again, NOT_SIGNED),
    "other spaces": (_in_other_words, "its first line is not as it was written"),
    "another version": (_with_other_version, "its first line is not as it was written"),
    "nothing": (lambda _: b"", "its first line is no statement"),
    "no JSON": (lambda _: b"\xff\n", "its first line is no statement"),
    "a list": (lambda _: b"[]\n", "its first line is no statement"),
    "deep JSON": (lambda _: b"[" * 100_000, "its first line is no statement"),
    "no signature": (lambda _: b'{"number":2}\n', "its first line is no statement"),
}


@pytest.mark.parametrize(("edit", "why"), EDITS.values(), ids=EDITS)
def test_edit_is_seen(
    manage: Manage, export: Exports, edit: Callable[[bytes], bytes], why: str
) -> None:
    before = export.content(2)
    assert edit(before) != before
    export.put(2, edit(before))

    _broken(manage("verify-trail"), 2, why)


def test_edit_of_the_newest_file_is_seen(manage: Manage, export: Exports) -> None:
    export.put(FILES, _edited(export.content(FILES)))

    _broken(manage("verify-trail"), FILES, "an event in it was changed")


def test_removed_file_is_seen(manage: Manage, export: Exports) -> None:
    export.remove(2)

    _broken(manage("verify-trail"), 2, "it is missing")


def test_removed_beginning_is_seen(manage: Manage, export: Exports) -> None:
    export.remove(1)

    _broken(manage("verify-trail"), 1, "it is missing")


def test_cut_end_is_seen(manage: Manage, export: Exports) -> None:
    for number in (3, 4):
        export.remove(number)

    why = "it is missing, as are all after it: 4 were written"
    _broken(manage("verify-trail"), 3, why)


def test_emptied_bucket_is_seen(manage: Manage, export: Exports) -> None:
    for number in range(1, FILES + 1):
        export.remove(number)

    why = "it is missing, as are all after it: 4 were written"
    _broken(manage("verify-trail"), 1, why)


def test_swapped_files_are_seen(manage: Manage, export: Exports) -> None:
    two, three = export.content(2), export.content(3)
    export.put(2, three)
    export.put(3, two)

    _broken(manage("verify-trail"), 2, "it is file 3 by its statement")


def test_file_in_place_of_another_is_seen(manage: Manage, export: Exports) -> None:
    export.put(3, export.content(2))

    _broken(manage("verify-trail"), 3, "it is file 2 by its statement")


def test_added_file_is_seen(manage: Manage, export: Exports) -> None:
    export.put(FILES + 1, export.content(FILES))

    _broken(manage("verify-trail"), FILES + 1, "it is file 4 by its statement")


@pytest.mark.parametrize("name", ["000000002.json", "2.jsonl", "000000000.jsonl", "notes.txt"])
def test_what_is_no_file_of_the_trail_is_seen(manage: Manage, export: Exports, name: str) -> None:
    export.put_as(name, b"hello")

    ended = manage("verify-trail", "--json")

    told = json.loads(ended.result)
    assert (ended.code, told["ok"]) == (1, False)
    # a gap may come before it
    assert told["file"] == name


def test_export_that_has_stopped_is_seen(manage: Manage, export: Exports) -> None:
    # of which two runs were to be at their twentieth minute
    export.clock.advance(seconds=3 * HOUR_SECONDS)
    assert manage("verify-trail").code == 0

    export.clock.advance(seconds=HOUR_SECONDS / 4)

    why = "it is overdue: the export does not go on"
    _broken(manage("verify-trail"), FILES + 1, why)


def test_trail_is_verified_from_a_file_on(manage: Manage, export: Exports) -> None:
    export.remove(1)

    ended = manage("verify-trail", "--first", "2", "--json")

    assert (ended.code, json.loads(ended.result)["files"]) == (0, 3)


@pytest.mark.parametrize("first", ["0", "-1", "two"])
def test_first_file_is_a_number(manage: Manage, first: str) -> None:
    with pytest.raises(SystemExit):
        manage("verify-trail", f"--first={first}")


def test_deployment_that_exports_nothing_says_so(
    manage: Manage, session_file: Path, export: Exports
) -> None:
    told = json.loads(session_file.read_text())
    del told["aws"]["resources"]["TrailKey"]
    session_file.write_text(json.dumps(told))

    ended = manage("verify-trail")

    assert ended.code == 1
    assert ended.err == "The trail is not exported here: that takes TrailExport=true.\n"


# a copy, without AWS


def _verified(manage: Manage, folder: Path, public_key: Path) -> Ended:
    arguments = ("--folder", folder, "--public-key", public_key)
    return manage("verify-trail", *arguments, where=NOWHERE)


def test_copy_is_verified_without_aws(
    manage: Manage, folder: Path, public_key: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("boto3.client", None)
    monkeypatch.setattr("accounts.aws.client", None)
    (folder / "notes.txt").write_text("not looked at")

    ended = _verified(manage, folder, public_key)

    assert ended.code == 0
    assert "a copy does not tell" in ended.err


def test_copy_is_verified_with_a_key_in_pem(
    manage: Manage, folder: Path, public_key: Path, tmp_path: Path
) -> None:
    pem = tmp_path / "key.pem"
    key = load_der_public_key(public_key.read_bytes())
    pem.write_bytes(key.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo))

    ended = _verified(manage, folder, pem)

    assert ended.code == 0


def test_copy_is_verified_with_the_key_of_the_deployment(manage: Manage, folder: Path) -> None:
    assert manage("verify-trail", "--folder", folder).code == 0


def test_edit_of_a_copy_is_seen(manage: Manage, folder: Path, public_key: Path) -> None:
    path = folder / name_of(3)
    path.write_bytes(_edited(path.read_bytes()))

    ended = _verified(manage, folder, public_key)

    _broken(ended, 3, "an event in it was changed")


def test_empty_folder_is_no_trail(manage: Manage, public_key: Path, tmp_path: Path) -> None:
    empty = tmp_path / "empty"
    empty.mkdir()

    ended = _verified(manage, empty, public_key)

    _broken(ended, 1, "it is missing, as are all")


def test_copy_needs_a_key(manage: Manage, folder: Path) -> None:
    ended = manage("verify-trail", "--folder", folder, where=NOWHERE)

    assert (ended.code, ended.err.partition(":")[0]) == (1, "Say which key signed the files")


def _rsa() -> bytes:
    key_id = boto3.client("kms").create_key(KeySpec="RSA_2048", KeyUsage="SIGN_VERIFY")
    client = boto3.client("kms")
    return client.get_public_key(KeyId=key_id["KeyMetadata"]["KeyId"])["PublicKey"]


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (lambda: b"no key", "is no public key in PEM or DER"),
        (lambda: b"-----BEGIN PUBLIC KEY-----\n", "is no public key in PEM or DER"),
        (_rsa, "is no key of the curve P-256"),
    ],
    ids=["no key", "no PEM", "an RSA key"],
)
def test_what_is_no_key_of_the_trail_is_refused(
    manage: Manage, folder: Path, tmp_path: Path, content: Callable[[], bytes], why: str
) -> None:
    path = tmp_path / "other"
    path.write_bytes(content())

    ended = _verified(manage, folder, path)

    assert ended.code == 1
    assert why in ended.err


@pytest.mark.parametrize("option", ["--folder", "--public-key"])
def test_what_is_not_there_is_named(manage: Manage, folder: Path, option: str) -> None:
    paths: dict[str, Any] = {"--folder": folder, "--public-key": "missing"}
    if option == "--folder":
        paths["--folder"] = "missing"
        del paths["--public-key"]

    ended = manage("verify-trail", *(part for pair in paths.items() for part in pair))

    assert (ended.code, ended.err) == (1, "missing: No such file or directory\n")


# what the export itself never does, signed all the same


class _Signed:
    """Files by a key of one's own, one after another."""

    def __init__(self, folder: Path, time: datetime) -> None:
        self._key = ec.generate_private_key(ec.SECP256R1())
        self._folder = folder
        self._time = time
        self.head = Head(0, None, self._at(0))
        encoding = Encoding.PEM, PublicFormat.SubjectPublicKeyInfo
        self.key = folder / "key.pem"
        self.key.write_bytes(self._key.public_key().public_bytes(*encoding))

    def write(self, until: int, *, late: tuple[int, ...] = (), due: tuple[int, ...] = ()) -> None:
        """Write a file up to an hour, with events of certain hours."""
        file = TrailFile.written(
            self.head,
            self._at(until),
            [self._event(hour) for hour in late],
            [self._event(hour) for hour in due],
            lambda it: self._key.sign(it, ec.ECDSA(SHA256())),
        )
        (self._folder / name_of(file.statement.number)).write_bytes(file.content())
        self.head = file.head

    def _at(self, hour: int) -> str:
        return places.time(self._time + timedelta(hours=hour))

    def _event(self, hour: int) -> AuditEvent:
        event = AuditEvent(user_id=1, event_id=f"{self._at(hour)}-00000000")
        event.what, event.happened_at, event.details = "user_updated", self._time, {}
        return event


@pytest.fixture
def signed(clock: Clock, tmp_path: Path) -> _Signed:
    """An empty folder, and a key to sign with."""
    return _Signed(tmp_path, clock.time)


@pytest.mark.parametrize(
    ("late", "due", "why"),
    [
        ((), (1, 2), "it has events of the time before it"),
        ((), (3, 4), "it has events of the time after it"),
        ((2,), (3,), "it has events of the time before it"),
        ((), (3, 2), "its events are not in their order"),
        ((), (2, 2), "its events are not in their order"),
        ((1,), (2,), "an event in it is in a file before it already"),
    ],
)
def test_events_are_in_their_order_and_once(
    manage: Manage, signed: _Signed, late: tuple[int, ...], due: tuple[int, ...], why: str
) -> None:
    signed.write(2, due=(1,))
    signed.write(4, late=late, due=due)

    ended = _verified(manage, signed.key.parent, signed.key)

    _broken(ended, 2, why)


def test_file_begins_where_the_one_before_ends(manage: Manage, signed: _Signed) -> None:
    signed.write(1)
    signed.head = signed.head._replace(until=signed.head.until.replace("Z", "1Z"))
    signed.write(3)

    ended = _verified(manage, signed.key.parent, signed.key)

    _broken(ended, 2, "it does not begin where the file before ends")


def test_file_goes_on_from_the_one_before_as_it_is(manage: Manage, signed: _Signed) -> None:
    signed.write(1)
    signed.head = signed.head._replace(digest="0" * 64)
    signed.write(2)

    ended = _verified(manage, signed.key.parent, signed.key)

    _broken(ended, 2, "it does not go on from file 1 as that is now")
