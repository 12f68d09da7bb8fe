import base64
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from accounts.access import cursors
from accounts.errors import ValidationFailedError
from accounts.storage.tables import UserSession

POSITION = {"id": {"N": "1"}, "email": {"S": "alice@example.com"}}
QUERY = "users Wanted(role=None)"


def _session(key: str = "k" * 43) -> UserSession:
    return UserSession(user_id=1, session_id="s" * 22, cursor_key=key)


def _sealed(position: dict[str, Any] = POSITION, query: str = QUERY) -> str:
    cursor = cursors.seal(position, query, _session())
    assert cursor is not None
    return cursor


def _assert_refused(cursor: str, query: str = QUERY, session: UserSession | None = None) -> None:
    with pytest.raises(ValidationFailedError) as raised:
        cursors.unseal(cursor, query, session or _session())
    assert raised.value.details == [{"field": "cursor", "message": "Is not a cursor of this list"}]


def test_where_the_list_ends_there_is_no_cursor() -> None:
    assert cursors.seal(None, QUERY, _session()) is None
    assert cursors.unseal(None, QUERY, _session()) is None


_texts = st.text(st.characters(exclude_categories=["Cs"]))


@given(st.dictionaries(_texts, st.dictionaries(st.sampled_from("SN"), _texts)))
def test_position_comes_back_as_it_was(position: dict[str, Any]) -> None:
    assert cursors.unseal(_sealed(position), QUERY, _session()) == position


def test_cursor_goes_into_a_url_as_it_is() -> None:
    for number in range(50):
        cursor = _sealed({"id": {"N": str(number)}, "email": {"S": "ÿ" * number}})
        assert set(cursor) <= set(
            "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
        )


@pytest.mark.parametrize("query", ["", "users", QUERY + " ", QUERY.upper(), "audit 1"])
def test_cursor_is_of_one_list(query: str) -> None:
    _assert_refused(_sealed(), query=query)


@pytest.mark.parametrize("key", ["", "k" * 42, "k" * 44, "K" * 43, "x" * 43])
def test_cursor_is_of_one_session(key: str) -> None:
    _assert_refused(_sealed(), session=_session(key))


@given(st.data())
def test_no_bit_of_it_can_be_changed(data: st.DataObject) -> None:
    raw = bytearray(_decoded(_sealed()))
    at = data.draw(st.integers(0, len(raw) - 1))
    raw[at] ^= 1 << data.draw(st.integers(0, 7))

    _assert_refused(_encoded(bytes(raw)))


@pytest.mark.parametrize("added", ["=", "==", "!", " ", "\n", "%", "+", "\u00e9"])
def test_it_has_one_spelling(added: str) -> None:
    cursor = _sealed()

    for at in (0, 1, 43, len(cursor)):
        _assert_refused(cursor[:at] + added + cursor[at:])


@given(st.integers(0, 200), st.integers(0, 200))
def test_no_piece_of_it_is_one(begin: int, end: int) -> None:
    raw = _decoded(_sealed())
    piece = raw[begin:end]

    if piece != raw:
        _assert_refused(_encoded(piece))


@given(st.text())
def test_no_text_is_one(text: str) -> None:
    _assert_refused(text)


@given(st.binary())
def test_no_bytes_are_one(content: bytes) -> None:
    _assert_refused(_encoded(content))


def test_query_and_position_do_not_run_into_each_other() -> None:
    cursor = _sealed(query="users ")
    body = _decoded(cursor)[32:]

    moved = _decoded(cursor)[:32] + b"x" + body
    _assert_refused(_encoded(moved), query="users")
    _assert_refused(cursor, query="users")


def _decoded(cursor: str) -> bytes:
    return base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4))


def _encoded(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()
