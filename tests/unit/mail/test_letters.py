"""The words of the mails."""

import re
from html.parser import HTMLParser
from typing import get_args

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from accounts.mail import letters
from accounts.mail.letters import Letter
from accounts.mail.messages import Kind
from accounts.mail.wordings import WORDINGS

WITH_LINK = (
    "reset",
    "invitation",
    "sign_up",
    "sign_up_taken",
    "log_in_code",
    "account_created",
    "confirm_email",
    "email_changing",
    "email_changed_from",
)
KINDS = (
    *WITH_LINK,
    "sign_up_refused",
    "email_taken",
    "password_changed",
    "password_reset",
    "email_changed_to",
    "email_restored",
    "new_device",
    "session_theft",
    "second_factors_reset",
    "passkey_added",
    "passkey_removed",
    "passkey_refused",
    "account_deleted",
    "totp_enabled",
    "totp_disabled",
    "recovery_codes_renewed",
    "recovery_code_used",
    "second_factor_guessed",
)
LANGUAGES = ("en", "ru")
LINK = "https://app.example.com/reset?a=1&b=2#reset_token=pr.1.x"
HOSTILE = (
    "<script>alert(1)</script>",
    '"><a href="https://evil.example.net">',
    "Bobby & Sons",
    "{link}",
    "{0.__class__}",
    "%s %(name)s",
    "${jndi:ldap://evil}",
)

every_letter = pytest.mark.parametrize(
    ("kind", "language"), [(kind, language) for kind in KINDS for language in LANGUAGES]
)


class _Reader(HTMLParser):
    """What a mail program makes of HTML: its text, its tags, and where its links lead."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.text = ""
        self.tags: list[str] = []
        self.links: list[str | None] = []
        self.feed(html)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        if tag == "a":
            self.links.append(dict(attrs)["href"])

    def handle_data(self, data: str) -> None:
        self.text += data


def _write(kind: str, language: str, name: str = "Alice", service: str = "Acme") -> Letter:
    link = LINK if kind in WITH_LINK else ""
    return letters.write(kind, language, name=name, service=service, link=link, seconds=86_400)


def test_every_kind_of_order_has_its_words() -> None:
    assert set(KINDS) == set(get_args(Kind))
    assert set(WORDINGS) == {(kind, language) for kind in KINDS for language in LANGUAGES}


@every_letter
def test_a_letter_greets_the_person_and_names_the_service(kind: str, language: str) -> None:
    letter = _write(kind, language)

    assert "Alice" in letter.text.splitlines()[0]
    assert "Acme" in letter.subject
    assert "Acme" in letter.text


@every_letter
def test_text_and_html_say_the_same(kind: str, language: str) -> None:
    letter = _write(kind, language)

    read = _Reader(letter.html)
    for paragraph in filter(None, letter.text.split("\n")):
        assert paragraph in read.text


@every_letter
def test_the_link_is_whole_in_both_forms(kind: str, language: str) -> None:
    letter = _write(kind, language)

    read = _Reader(letter.html)
    expected = [LINK] if kind in WITH_LINK else []
    assert read.links == expected
    assert [line for line in letter.text.splitlines() if "://" in line] == expected


@every_letter
@pytest.mark.parametrize("name", HOSTILE)
def test_a_name_is_only_ever_text(kind: str, language: str, name: str) -> None:
    plain, hostile = _write(kind, language), _write(kind, language, name=name)

    assert _without_spaces(name) in _without_spaces(hostile.text)
    assert hostile.subject == plain.subject
    harmless, read = _Reader(plain.html), _Reader(hostile.html)
    assert _without_spaces(name) in _without_spaces(read.text)
    assert (read.tags, read.links) == (harmless.tags, harmless.links)


@every_letter
@pytest.mark.parametrize(
    "name",
    [
        "You won! evil.example",
        "www.evil.example/a.b",
        "https://evil.example",
        "me@evil.example",
        "evil\u3002example",
        "evil\uff0eexample",
        "evil\uff61example",
    ],
)
def test_mail_programs_find_no_link_in_a_name(kind: str, language: str, name: str) -> None:
    greeting = _write(kind, language, name=name).text.splitlines()[0]

    assert re.search(r"(://|[.\u3002\uff0e\uff61])\w", greeting) is None


def test_initials_stay_readable() -> None:
    letter = _write("password_changed", "ru", name="И.Ю.Пушкин")

    assert letter.text.splitlines()[0] == "Здравствуйте, И. Ю. Пушкин!"


@every_letter
def test_the_name_of_the_service_is_only_ever_text(kind: str, language: str) -> None:
    letter = _write(kind, language, service="<b>A & B</b>")

    assert "b" not in _Reader(letter.html).tags
    assert "<b>A & B</b>" in _Reader(letter.html).text


@settings(max_examples=50, deadline=None)
@given(name=st.text(min_size=1, max_size=100), kind=st.sampled_from(KINDS))
def test_no_name_adds_a_tag(name: str, kind: str) -> None:
    plain, letter = _Reader(_write(kind, "en").html), _Reader(_write(kind, "en", name=name).html)

    assert (letter.tags, letter.links) == (plain.tags, plain.links)


@every_letter
def test_a_subject_is_one_line(kind: str, language: str) -> None:
    assert len(_write(kind, language, name="A\r\nBcc: x@example.net").subject.splitlines()) == 1


@every_letter
def test_every_blank_is_filled_in(kind: str, language: str) -> None:
    letter = _write(kind, language)

    assert not {"{", "}"} & set(letter.subject + letter.text)


@pytest.mark.parametrize(
    ("kind", "language", "seconds", "words"),
    [
        ("reset", "en", 900, "for 15 minutes"),
        ("reset", "ru", 900, "в минутах: 15"),
        ("invitation", "en", 172_800, "for 48 hours"),
        ("invitation", "ru", 172_800, "в часах: 48"),
        ("log_in_code", "en", 600, "for 10 minutes"),
        ("log_in_code", "ru", 600, "в минутах: 10"),
        ("confirm_email", "en", 86_400, "for 24 hours"),
        ("confirm_email", "ru", 86_400, "в часах: 24"),
        ("email_changing", "en", 604_800, "for 7 days"),
        ("email_changing", "ru", 604_800, "в днях: 7"),
        ("email_changed_from", "en", 604_800, "for 7 days"),
        ("email_changed_from", "ru", 604_800, "в днях: 7"),
    ],
)
def test_a_letter_says_how_long_its_link_works(
    kind: str, language: str, seconds: int, words: str
) -> None:
    letter = letters.write(kind, language, name="Alice", service="Acme", link=LINK, seconds=seconds)

    assert words in letter.text


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_code_is_told_in_both_forms(language: str) -> None:
    letter = letters.write(
        "log_in_code", language, name="Alice", service="Acme", link=LINK, code="01234567"
    )

    assert "01234567" in letter.text
    assert "01234567" in _Reader(letter.html).text
    assert "01234567" not in letter.subject


@pytest.mark.parametrize("kind", KINDS)
def test_russian_is_written_in_russian(kind: str) -> None:
    letter = _write(kind, "ru", name="Алиса", service="Школа")

    latin = {character for character in letter.subject + letter.text if character.isascii()}
    assert not {character for character in latin - set(LINK) if character.isalpha()}


def _without_spaces(text: str) -> str:
    # a space may part what would be a link
    return text.replace(" ", "")
