"""The canonical form of e-mail addresses: of plain ones by a pattern, of others by a library."""

import re

import hypothesis
import pytest
from email_validator import SPECIAL_USE_DOMAIN_NAMES, validate_email
from hypothesis import strategies as st

from accounts import emails

LABEL = st.from_regex(re.compile(r"[A-Za-z0-9-]{1,64}", re.ASCII), fullmatch=True)
DOMAIN = st.lists(LABEL, min_size=1, max_size=4).map(".".join)
LOCAL = st.from_regex(re.compile(r"[A-Za-z0-9_+.-]{1,66}", re.ASCII), fullmatch=True)
TOP_LEVEL = st.sampled_from(["com", "COM", "example", "co", "c", "c0", "test", "Local", "xn--p1ai"])


def _by_the_library(text: str) -> str | None:
    try:
        parts = validate_email(text, check_deliverability=False, allow_smtputf8=False, strict=True)
    except ValueError:
        return None
    return f"{parts.local_part}@{parts.ascii_domain}".lower()


def _canonical(text: str) -> str | None:
    try:
        return emails.canonical(text)
    except emails.EmailInvalidError:
        return None


@hypothesis.settings(max_examples=200, deadline=None, derandomize=True)
@hypothesis.given(local=LOCAL, domain=DOMAIN, top_level=TOP_LEVEL)
def test_address_is_what_the_library_says_whoever_reads_it(
    local: str, domain: str, top_level: str
) -> None:
    text = f"{local}@{domain}.{top_level}"
    hypothesis.assume(len(text) <= emails.MAX_LENGTH)

    assert _canonical(text) == _by_the_library(text)


@hypothesis.settings(max_examples=200, deadline=None, derandomize=True)
@hypothesis.given(text=st.from_regex(emails.PLAIN, fullmatch=True))
def test_address_that_looks_plain_is_what_the_library_says(text: str) -> None:
    hypothesis.assume(len(text) <= emails.MAX_LENGTH)

    assert _canonical(text) == _by_the_library(text)


@pytest.mark.parametrize("name", SPECIAL_USE_DOMAIN_NAMES)
def test_nobody_gets_mail_at_a_name_that_the_internet_does_not_have(name: str) -> None:
    for text in (f"a@{name}", f"a@example.{name}", f"a@example.{name.upper()}"):
        with pytest.raises(emails.EmailInvalidError):
            emails.canonical(text)


@pytest.mark.parametrize(
    "text",
    [
        "a@example.com\n",
        "a@-example.com",
        "a@example-.com",
        "a@ex--ample.com",
        "a@xn--a.com",
        "a@example..com",
        ".a@example.com",
        "a.@example.com",
        "a..b@example.com",
        "a@example.123",
        "\u212aelvin@example.com",
        f"{'a' * 65}@example.com",
        f"a@{'a' * 64}.com",
        f"a@{'a.' * 130}com",
    ],
)
def test_what_only_looks_like_an_address_is_none(text: str) -> None:
    with pytest.raises(emails.EmailInvalidError):
        emails.canonical(text)


@pytest.mark.parametrize(
    ("text", "canonical"),
    [
        ("Alice+Shop@Example.COM", "alice+shop@example.com"),
        ("a@b\u00fccher.example", "a@xn--bcher-kva.example"),
        ("o'brien@example.com", "o'brien@example.com"),
        (f"{'a' * 64}@example.com", f"{'a' * 64}@example.com"),
        (f"a@{'a' * 63}.com", f"a@{'a' * 63}.com"),
    ],
)
def test_address_has_one_form(text: str, canonical: str) -> None:
    assert emails.canonical(text) == canonical
