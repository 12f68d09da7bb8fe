"""What the table of idempotency keys holds is of no use to who steals it."""

import base64
import hashlib
import hmac
import itertools
import json
from collections.abc import Iterator, Mapping
from typing import Any

import pytest

from accounts.credentials import sealing
from tests.support.deployment import Deployment
from tests.support.desk import Desk
from tests.support.keyed import CALLS, KEY, records

EACH = pytest.mark.parametrize("name", CALLS)
BODY = {"email": "new@example.com", "name": "Nina New", "passw": "example_string"}


@EACH
def test_neither_request_nor_answer_can_be_read(desk: Desk, name: str, stack: Deployment) -> None:
    answer = CALLS[name](desk, KEY)

    text = str(records(stack)).lower()

    secrets = [value for value in answer.json.values() if isinstance(value, str)]
    secrets += answer.json.get("access_token", KEY).split(".")
    for secret in (*secrets, KEY, "example.com", "string", "nina", "shop", "alice"):
        assert secret.lower() not in text


@EACH
def test_answer_opens_for_the_key_alone(desk: Desk, name: str, stack: Deployment) -> None:
    answer = CALLS[name](desk, KEY)
    (record,) = records(stack)
    sealed = json.loads(record["data"]["S"])["sealed"]

    assert sealing.unseal(sealed, under=KEY, purpose="idempotent answer") == answer.text
    for other in ("", KEY[:-1], KEY + " ", KEY.upper(), record["id"]["S"]):
        with pytest.raises(sealing.SealBrokenError):
            sealing.unseal(sealed, under=other, purpose="idempotent answer")


def test_password_cannot_be_guessed_from_what_is_kept_of_the_body(
    desk: Desk, stack: Deployment
) -> None:
    desk.sign_up(BODY["email"], key=KEY)
    (record,) = records(stack)
    kept = _texts(record)

    # who has guessed the whole body still cannot tell, whatever they take for the hash
    guesses = [*_spellings(BODY), BODY["passw"].encode(), BODY["email"].encode()]
    assert [guess for guess in guesses if kept & set(_digests(guess))] == []


def test_who_knows_the_key_can_tell(desk: Desk, stack: Deployment) -> None:
    desk.sign_up(BODY["email"], key=KEY)
    (record,) = records(stack)

    fingerprints = (hmac.digest(KEY.encode(), guess, "sha256").hex() for guess in _spellings(BODY))
    found = {digest for text in fingerprints for digest in _digests(json.dumps(text).encode())}

    # so the guesses above are good ones, and only the key was missing
    assert record["validation"]["S"] in found


def test_key_cannot_be_told_from_its_name(desk: Desk, stack: Deployment) -> None:
    desk.sign_up(BODY["email"], key=KEY)
    (record,) = records(stack)

    assert KEY not in record["id"]["S"]
    assert not _texts(record) & set(_digests(KEY.encode()))


def test_records_of_one_body_are_not_alike(
    desk: Desk, stack: Deployment, mailing_backend: str
) -> None:
    for caller, key in ((desk, KEY), (desk, KEY + "x"), (desk.by(mailing_backend), KEY)):
        assert caller.reset_token("alice@example.com", key=key).status == 201

    kept = records(stack)

    assert len({record["id"]["S"] for record in kept}) == 3
    assert len({record["data"]["S"] for record in kept}) == 3


def _texts(record: Mapping[str, Any]) -> set[str]:
    """Return each text in a record, and what it consists of."""
    texts = {text for value in record.values() for text in value.values()}
    return texts | {part for text in texts for part in text.replace('"', "#").split("#")}


def _spellings(body: Mapping[str, str]) -> Iterator[bytes]:
    for names in itertools.permutations(body):
        ordered = {name: body[name] for name in names}
        for separators in ((",", ":"), (", ", ": ")):
            text = json.dumps(ordered, separators=separators)
            yield text.encode()
            yield json.dumps(text).encode()


def _digests(text: bytes) -> Iterator[str]:
    for name in ("md5", "sha1", "sha256", "sha384", "sha512", "sha3_256"):
        digest = hashlib.new(name, text, usedforsecurity=False).digest()
        yield digest.hex()
        yield base64.b64encode(digest).decode()
        yield base64.urlsafe_b64encode(digest).rstrip(b"=").decode()
