import base64

import pytest

from accounts.credentials import opaque, sealing
from accounts.credentials.sealing import SealBrokenError

PURPOSE = "refresh token child"


@pytest.fixture
def parent() -> str:
    return opaque.new_secret()


@pytest.fixture
def child() -> str:
    return opaque.new_secret()


def test_what_is_sealed_opens_under_the_same_secret(parent: str, child: str) -> None:
    sealed = sealing.seal(child, under=parent, purpose=PURPOSE)

    assert sealing.unseal(sealed, under=parent, purpose=PURPOSE) == child


@pytest.mark.parametrize("text", ["", "x", "Пароль", "🔑" * 1000], ids=len)
def test_any_text_can_be_sealed(parent: str, text: str) -> None:
    sealed = sealing.seal(text, under=parent, purpose=PURPOSE)

    assert sealing.unseal(sealed, under=parent, purpose=PURPOSE) == text


def test_another_secret_does_not_open_it(parent: str, child: str) -> None:
    sealed = sealing.seal(child, under=parent, purpose=PURPOSE)

    with pytest.raises(SealBrokenError):
        sealing.unseal(sealed, under=opaque.new_secret(), purpose=PURPOSE)


def test_what_the_table_holds_of_the_secret_does_not_open_it(parent: str, child: str) -> None:
    sealed = sealing.seal(child, under=parent, purpose=PURPOSE)

    with pytest.raises(SealBrokenError):
        sealing.unseal(sealed, under=opaque.digest(parent), purpose=PURPOSE)


def test_another_purpose_does_not_open_it(parent: str, child: str) -> None:
    sealed = sealing.seal(child, under=parent, purpose=PURPOSE)

    with pytest.raises(SealBrokenError):
        sealing.unseal(sealed, under=parent, purpose="something else")


def test_no_byte_of_it_can_be_changed(parent: str, child: str) -> None:
    raw = base64.b64decode(sealing.seal(child, under=parent, purpose=PURPOSE))

    for place in range(len(raw)):
        changed = bytearray(raw)
        changed[place] ^= 1
        with pytest.raises(SealBrokenError):
            sealing.unseal(base64.b64encode(changed).decode(), under=parent, purpose=PURPOSE)


@pytest.mark.parametrize("length", [0, 1, 7, 8, 12, 27, 28])
def test_a_piece_of_it_does_not_open(parent: str, child: str, length: int) -> None:
    raw = base64.b64decode(sealing.seal(child, under=parent, purpose=PURPOSE))

    piece = base64.b64encode(raw[:length]).decode()

    with pytest.raises(SealBrokenError):
        sealing.unseal(piece, under=parent, purpose=PURPOSE)


@pytest.mark.parametrize("text", ["not base64!", "A", "é"])
def test_what_was_never_sealed_does_not_open(parent: str, text: str) -> None:
    with pytest.raises(SealBrokenError):
        sealing.unseal(text, under=parent, purpose=PURPOSE)


def test_sealed_twice_it_looks_different_each_time(parent: str, child: str) -> None:
    first = sealing.seal(child, under=parent, purpose=PURPOSE)
    second = sealing.seal(child, under=parent, purpose=PURPOSE)

    assert first != second
    # the nonces, of which no two may be alike under one key
    assert base64.b64decode(first)[:12] != base64.b64decode(second)[:12]


def test_neither_text_nor_secret_shows(parent: str, child: str) -> None:
    raw = base64.b64decode(sealing.seal(child, under=parent, purpose=PURPOSE))

    assert child.encode() not in raw
    assert parent.encode() not in raw
