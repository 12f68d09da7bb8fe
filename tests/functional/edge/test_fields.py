"""What may stand in each field: e-mails, passwords, names, roles, tokens."""

import unicodedata
from collections.abc import Callable

import hypothesis
import pytest
from hypothesis import HealthCheck
from hypothesis import strategies as st

from tests.support import email_tokens, people
from tests.support.answers import Answer
from tests.support.api import Api
from tests.support.deployment import Deployment
from tests.support.endpoint import Endpoint
from tests.support.people import Person
from tests.support.register import (
    ANY_USERS,
    CHANGE_OWN_EMAIL,
    CHANGE_PASSWORD,
    CONFIRM_EMAIL,
    ISSUE_RESET_TOKEN,
    LOG_IN,
    REFRESH,
    RESET_PASSWORD,
    SELF_SIGN_UP,
    SIGN_UP,
    each,
)
from tests.support.scene import Scene


def _full_width(ascii_text: str) -> str:
    return "".join(chr(ord(character) + 0xFEE0) for character in ascii_text)


NO_EMAILS = {
    "empty": "",
    "space": " ",
    "tab and line break": "\t\n",
    "zero width space": "\u200b",
    "byte order mark": "\ufeff",
    "no @": "example.com",
    "nothing before the @": "@example.com",
    "nothing behind the @": "user@",
    "two @": "user@example.com@example.com",
    "no dot": "user@example",
    "localhost": "user@localhost",
    "two dots in the domain": "user@example..com",
    "dot at the start": ".user@example.com",
    "dot before the @": "user.@example.com",
    "two dots": "us..er@example.com",
    "dot at the end": "user@example.com.",
    "hyphen at the start of the domain": "user@-example.com",
    "underscore in the domain": "user@exam_ple.com",
    "IP address": "user@127.0.0.1",
    "IP address literal": "user@[127.0.0.1]",
    "quoted local part": '"us er"@example.com',
    "display name": "User <user@example.com>",
    "comment": "user(comment)@example.com",
    "space inside": "us er@example.com",
    "space before": " user@example.com",
    "space behind": "user@example.com ",
    "line break behind": "user@example.com\n",
    "header injection": "user@example.com\r\nBcc: other@example.com",
    "two addresses": "user@example.com,other@example.com",
    "percent-encoded line break": "user@example.com%0a",
    "NUL": "user\x00@example.com",
    "escape": "user\x1b[31m@example.com",
    "65-character local part": "u" * 65 + "@example.com",
    "255 characters": "u@" + "d" * 63 + ("." + "d" * 63) * 2 + "." + "d" * 57 + ".com",
    "320 characters": "u" * 64 + "@" + "d" * 251 + ".com",
    "many labels": "a@" + "a." * 5000,
    "many characters": "a" * 10_000 + "!",
    "full-width local part": _full_width("user") + "@example.com",
    "accent in the local part": "usér@example.com",
    "Cyrillic letter in the local part": "us\u0435r@example.com",
    "Kelvin sign": "\u212aelvin@example.com",
    "dotless i": "us\u0131r@example.com",
    "dotted capital I": "us\u0130r@example.com",
    "right-to-left override": "user\u202e@example.com",
    "zero width joiner": "us\u200der@example.com",
    "reserved domain": "user@example.invalid",
    "non-character": "user\ufffe@example.com",
}
TAKES_EMAIL = (SIGN_UP, SELF_SIGN_UP, LOG_IN, ISSUE_RESET_TOKEN, CHANGE_OWN_EMAIL)


@each(TAKES_EMAIL)
@pytest.mark.parametrize("email", NO_EMAILS.values(), ids=NO_EMAILS)
def test_what_is_no_email_address_is_refused(
    api: Api, scene: Scene, stack: Deployment, endpoint: Endpoint, email: str
) -> None:
    request = endpoint.request(scene)

    with stack.unchanged():
        answer = api.call(**{**request, "json": {**request["json"], "email": email}})

    _assert_refused(answer, "email", "Must be an e-mail address")


SPELLINGS = [
    ("user@example.com", "user@example.com"),
    ("User@Example.COM", "user@example.com"),
    ("USER@EXAMPLE.COM", "user@example.com"),
    (f"user@{_full_width('example')}.com", "user@example.com"),
    ("user@example。com", "user@example.com"),
    ("user@BÜCHER.example", "user@xn--bcher-kva.example"),
    ("user@xn--bcher-kva.example", "user@xn--bcher-kva.example"),
    ("user@bu\u0308cher.example", "user@xn--bcher-kva.example"),
    ("user+tag@example.com", "user+tag@example.com"),
    ("o'hara@example.com", "o'hara@example.com"),
    ("u#s|e:r`{}@example.com", None),
    ("u#s|er`{}@example.com", "u#s|er`{}@example.com"),
    ("u" * 64 + "@example.com", "u" * 64 + "@example.com"),
]


@pytest.mark.parametrize(("spelling", "canonical"), SPELLINGS)
def test_email_has_one_form_by_which_accounts_are_told_apart(
    scene: Scene, web_backend: str, spelling: str, canonical: str | None
) -> None:
    body = {"email": spelling, "name": "Somebody", "passw": "example_string"}
    signed_up = SIGN_UP.call(scene, token=web_backend, json=body)
    if canonical is None:
        _assert_refused(signed_up, "email", "Must be an e-mail address")
        return
    assert signed_up.status == 201

    again = SIGN_UP.call(scene, token=web_backend, json={**body, "email": canonical})
    logged_in = LOG_IN.call(scene, json={"email": spelling, "passw": "example_string"})

    assert again.status == 409
    assert logged_in.json["user"]["email"] == canonical


# passwords

SETS_PASSWORD = (SIGN_UP, SELF_SIGN_UP, RESET_PASSWORD, CHANGE_PASSWORD)
LETTERS = "qzkwvxjhgb" * 26
GOOD_PASSWORDS = {
    "8 letters": LETTERS[:8],
    "72 letters": LETTERS[:72],
    "73 letters": LETTERS[:73],
    "256 letters": LETTERS[:256],
    "8 emoji": "😀😁" * 4,
    "64 emoji": "😀😁" * 32,
    "256 emoji": "😀😁" * 128,
    "72 bytes end inside a character": "😀😁" * 8 + "abcd" + "😀😁" * 4,
    "spaces around": "  kestrel nest  ",
    "only spaces of two kinds": " \u00a0" * 4,
    "only marks without a width": "\u200b\u200c" * 4,
    "NUL inside": "kest\x00rel",
    "control characters": "\x01\x1b\x7f\r\n\t..",
    "right-to-left": "\u202ekestrel nest",
    "non-character": "kestrel nest\ufffe",
    "last code point": "kestrel nest\U0010ffff",
    "private use": "kestrel nest\ue000",
    "combining marks": "e" + "\u0301" * 20,
    "emoji sequence": "👩‍👩‍👧‍👦" * 2,
    "full width": _full_width("kestrel nest"),
    "sharp s": "weißer Fußball",
    "injection": "' OR 1=1 --",
    "template": "{{7*7}}${jndi:ldap://x}",
    "format": "%s%n{0}{passw}",
    "a bcrypt hash": "$2b$12$" + LETTERS[:53],
}


@pytest.mark.parametrize("passw", GOOD_PASSWORDS.values(), ids=GOOD_PASSWORDS)
def test_password_of_any_characters_is_set_and_opens(
    api: Api, web_backend: str, passw: str
) -> None:
    body = {"email": "new@example.com", "name": "New Person", "passw": passw}

    assert api.call(*SIGN_UP.at(), token=web_backend, json=body).status == 201

    assert _opens(api, "new@example.com", passw)


@pytest.mark.parametrize("name", ["8 letters", "256 emoji", "NUL inside", "spaces around"])
def test_password_of_any_characters_is_reset_and_opens(scene: Scene, name: str) -> None:
    request = RESET_PASSWORD.request(scene)
    body = {**request["json"], "passw": GOOD_PASSWORDS[name]}

    assert scene.api.call(**{**request, "json": body}).status == 200

    assert _opens(scene.api, scene.alice.email, GOOD_PASSWORDS[name])


NEARLY = {
    "one more": lambda p: p + "x",
    "one less": lambda p: p[:-1],
    "cut at 71": lambda p: p[:71],
    "space before": lambda p: " " + p,
    "space behind": lambda p: p + " ",
    "upper case": lambda p: p.upper(),
    "NUL behind": lambda p: p + "\x00",
    "other behind the NUL": lambda p: p[:-1] + "z",
}


@pytest.mark.parametrize("change", NEARLY.values(), ids=NEARLY)
@pytest.mark.parametrize("length", [72, 73, 200])
def test_password_counts_exactly(api: Api, change: Callable[[str], str], length: int) -> None:
    passw = ("aB1 ü\x00" * 50)[:length]
    nearly = change(passw)
    assert nearly != passw
    person = people.person(api, "Carol", "read_only", passw)

    assert not _opens(api, person.email, nearly)
    assert _opens(api, person.email, passw)


def test_what_follows_a_nul_counts(api: Api) -> None:
    person = people.person(api, "Carol", "read_only", "abc\x00defghijkl")

    assert not _opens(api, person.email, "abc\x00zzzzzzzzz")
    assert not _opens(api, person.email, "abc")


@pytest.mark.parametrize(
    ("typed_first", "typed_later"),
    [
        ("caf\u00e9 cr\u00e8me", "cafe\u0301 cre\u0300me"),
        ("\u212bngstr\u00f6m", "\u00c5ngstro\u0308m"),
        ("\u00e9\u00e8" * 128, "e\u0301e\u0300" * 128),
        ("e\u0301e\u0300" * 128, "\u00e9\u00e8" * 128),
        ("\u1f82" * 255 + "x", "\u03b1\u0313\u0300\u0345" * 255 + "x"),
    ],
)
def test_password_may_be_typed_composed_or_decomposed(
    api: Api, web_backend: str, typed_first: str, typed_later: str
) -> None:
    assert typed_first != typed_later
    assert unicodedata.normalize("NFC", typed_first) == unicodedata.normalize("NFC", typed_later)
    body = {"email": "new@example.com", "name": "New Person", "passw": typed_first}

    assert api.call(*SIGN_UP.at(), token=web_backend, json=body).status == 201

    assert _opens(api, "new@example.com", typed_later)


@pytest.mark.parametrize(
    ("passw", "look_alike"),
    [("ﬁsh in ﬁelds", "fish in fields"), (_full_width("kestrels"), "kestrels")],
)
def test_password_is_not_folded_any_further(api: Api, passw: str, look_alike: str) -> None:
    person = people.person(api, "Carol", "read_only", passw)

    assert not _opens(api, person.email, look_alike)


@each(SETS_PASSWORD)
@pytest.mark.parametrize("passw", ["", "p", "p" * 7, "😀" * 7, " " * 7])
def test_password_of_less_than_8_characters_is_refused(
    api: Api, scene: Scene, stack: Deployment, endpoint: Endpoint, passw: str
) -> None:
    request = endpoint.request(scene)

    with stack.unchanged():
        answer = api.call(**{**request, "json": {**request["json"], "passw": passw}})

    _assert_refused(answer, "passw", "Must be at least 8 characters")


@each((*SETS_PASSWORD, LOG_IN))
@pytest.mark.parametrize(
    "passw", ["p" * 257, "p" * 1024, "😀" * 257, "e\u0301" * 257, "a" + "\u0301\u0316" * 1000]
)
def test_password_of_more_than_256_characters_is_refused(
    api: Api, scene: Scene, stack: Deployment, endpoint: Endpoint, passw: str
) -> None:
    request = endpoint.request(scene)

    with stack.unchanged():
        answer = api.call(**{**request, "json": {**request["json"], "passw": passw}})

    _assert_refused(answer, "passw", "Must be at most 256 characters")


def test_password_of_very_many_characters_is_refused_before_it_is_composed(
    scene: Scene, alice: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    compose, lengths = unicodedata.normalize, []

    def watched(form: str, text: str) -> str:
        lengths.append(len(text))
        return compose(form, text)  # type: ignore[arg-type]

    monkeypatch.setattr(unicodedata, "normalize", watched)

    answer = LOG_IN.call(scene, json={"email": alice.email, "passw": "a" + "\u0301\u0316" * 1000})

    assert answer.status == 422
    assert all(length <= 4 * 256 for length in lengths)


def test_log_in_asks_for_a_password_but_not_for_its_length(scene: Scene, alice: Person) -> None:
    empty = LOG_IN.call(scene, json={"email": alice.email, "passw": ""})
    short = LOG_IN.call(scene, json={"email": alice.email, "passw": "x"})

    _assert_refused(empty, "passw", "Must not be empty")
    assert short.status == 401


@each(SETS_PASSWORD)
@pytest.mark.parametrize("passw", ["iloveyou", "ILoveYou", "aaaaaaaaaa"])
def test_password_that_is_guessed_first_is_refused(
    scene: Scene, stack: Deployment, endpoint: Endpoint, passw: str
) -> None:
    request = endpoint.request(scene)

    with stack.unchanged():
        answer = scene.api.call(**{**request, "json": {**request["json"], "passw": passw}})

    assert answer.status == 422
    (detail,) = answer.json["details"]
    assert detail["field"] == "passw"


# names

NO_NAMES = {
    "empty": ("", "Must not be empty"),
    "spaces": ("   ", "Must not be empty"),
    "zero width space": ("\u200b", "Must be readable text without control characters"),
    "byte order mark": ("\ufeff", "Must be readable text without control characters"),
    "line break": ("Bob\nX-Admin: 1", "Must be readable text without control characters"),
    "NUL": ("Bob\x00", "Must be readable text without control characters"),
    "escape": ("\x1b[31mBob", "Must be readable text without control characters"),
    "private use only": ("\ue000", "Must be readable text without control characters"),
    "101 characters": ("n" * 101, "Must be at most 100 characters"),
}


@each((SIGN_UP, SELF_SIGN_UP))
@pytest.mark.parametrize(("name", "message"), NO_NAMES.values(), ids=NO_NAMES)
def test_unreadable_name_is_refused(
    scene: Scene, stack: Deployment, endpoint: Endpoint, name: str, message: str
) -> None:
    body = {"email": "new@example.com", "name": name, "passw": "example_string"}

    with stack.unchanged():
        answer = endpoint.call(scene, json=body)

    _assert_refused(answer, "name", message)


@pytest.mark.parametrize(
    ("name", "stored"),
    [
        ("  Bob  ", "Bob"),
        ("Зоя Космодемьянская", "Зоя Космодемьянская"),
        ("Jose\u0301", "José"),
        ("n" * 100, "n" * 100),
        ("👩‍👩‍👧‍👦", "👩‍👩‍👧‍👦"),
        ("<script>alert('x')</script>", "<script>alert('x')</script>"),
        ('"; DROP TABLE users; --', '"; DROP TABLE users; --'),
        ("${jndi:ldap:x}", "${jndi:ldap:x}"),
        # a link, which a mail would carry
        ("${jndi:ldap://x}", None),
        ("=cmd|' /C calc'!A0", "=cmd|' /C calc'!A0"),
        ("../../etc/passwd", "../../etc/passwd"),
        ("\u2028", None),
    ],
)
def test_name_is_text_and_nothing_else(
    scene: Scene, web_backend: str, name: str, stored: str | None
) -> None:
    credentials = {"email": "new@example.com", "passw": "example_string"}
    answer = SIGN_UP.call(scene, token=web_backend, json={**credentials, "name": name})
    if stored is None:
        assert answer.status == 422
        return

    token = LOG_IN.call(scene, json=credentials).json["access_token"]
    assert ANY_USERS.call(scene, token=token).json["name"] == stored


# roles


@pytest.mark.parametrize(
    "role", ["", " ", "Administrator", "read only", "read_only\n", "r" * 65, "ролик", "*", "0role"]
)
def test_what_is_no_name_of_a_role_is_refused(
    scene: Scene, stack: Deployment, web_backend: str, role: str
) -> None:
    body = {"email": "new@example.com", "name": "New", "passw": "example_string", "role": role}

    with stack.unchanged():
        answer = SIGN_UP.call(scene, token=web_backend, json=body)

    _assert_refused(
        answer, "role", "Must be up to 64 of a to z, 0 to 9 and _, beginning with a letter"
    )


# tokens

NO_TOKENS = {
    "space": " ",
    "text": "garbage",
    "dots": "...",
    "another kind": "at.1.x",
    "long": "x" * 512,
    "NUL": "rt.1\x00",
    "accents": "rt.é.é.é.é",
    "full-width digits": f"pr.{_full_width('123')}." + "a" * 43,
    "leading zero": "pr.01." + "a" * 43,
    "line break behind": "pr.1." + "a" * 43 + "\n",
    "huge id": "pr." + "9" * 17 + "." + "a" * 43,
    "nobody's reset token": "pr.1." + "a" * 43,
    "nobody's refresh token": "rt.1." + "a" * 22 + "." + "a" * 43 + "." + "a" * 43,
    "id zero": "pr.0." + "a" * 43,
    "2^53": "pr.9007199254740993." + "a" * 43,
}


NO_EMAIL_TOKENS = NO_TOKENS | {
    "nobody's": "su." + "a" * 43,
    "short": "su." + "a" * 42,
    "longer": "su." + "a" * 44,
    "full width": f"{_full_width('su')}." + "a" * 43,
    "capitals": "SU." + "a" * 43,
    "accent": "su." + "é" * 43,
    "padded": "su." + "a" * 43 + "=",
    "line break": "su." + "a" * 43 + "\n",
    "kind alone": "su.",
    "NUL inside": "su." + "a" * 21 + "\x00" + "a" * 21,
}


@pytest.mark.parametrize("token", NO_TOKENS.values(), ids=NO_TOKENS)
def test_what_is_no_reset_token_is_gone(
    api: Api, scene: Scene, stack: Deployment, token: str
) -> None:
    request = RESET_PASSWORD.request(scene)

    with stack.unchanged():
        answer = api.call(**{**request, "json": {**request["json"], "reset_token": token}})

    assert (answer.status, answer.code) == (410, "reset_token_invalid")
    assert answer.json == {"error": "Gone", "message": "Reset token is invalid or has expired"}


@pytest.mark.parametrize("token", NO_EMAIL_TOKENS.values(), ids=NO_EMAIL_TOKENS)
@pytest.mark.parametrize("passw", [None, "example_string"])
def test_what_is_no_email_token_is_gone(
    scene: Scene, stack: Deployment, token: str, passw: str | None
) -> None:
    body = {"email_token": token} if passw is None else {"email_token": token, "passw": passw}

    with stack.unchanged():
        answer = CONFIRM_EMAIL.call(scene, json=body)

    assert (answer.status, answer.code) == (410, "email_token_invalid")


@pytest.mark.parametrize(
    ("passw", "message"),
    [
        ("", "Must not be empty"),
        ("p" * 257, "Must be at most 256 characters"),
        (12345678, "Must be a string"),
        (True, "Must be a string"),
        (["example_string"], "Must be a string"),
        ({"S": "example_string"}, "Must be a string"),
    ],
)
def test_what_is_no_password_confirms_no_sign_up(
    scene: Scene, stack: Deployment, passw: object, message: str
) -> None:
    token = email_tokens.sign_up("new@example.com")

    with stack.unchanged():
        answer = CONFIRM_EMAIL.call(scene, json={"email_token": token, "passw": passw})

    _assert_refused(answer, "passw", message)


@each((SIGN_UP, SELF_SIGN_UP))
@pytest.mark.parametrize("language", ["de", "EN", "", "en-GB", 1, ["en"]])
def test_language_is_one_that_there_is(
    scene: Scene, stack: Deployment, endpoint: Endpoint, language: object
) -> None:
    request = endpoint.request(scene)

    with stack.unchanged():
        answer = scene.api.call(**{**request, "json": {**request["json"], "language": language}})

    _assert_refused(answer, "language", "Must be 'en' or 'ru'")


@pytest.mark.parametrize("token", NO_TOKENS.values(), ids=NO_TOKENS)
def test_what_is_no_refresh_token_does_not_authenticate(
    scene: Scene, stack: Deployment, alice: Person, token: str
) -> None:
    with stack.unchanged():
        answer = REFRESH.call(scene, json={"refresh_token": token})

    assert answer.status == 401
    assert answer.json == {"error": "Unauthorized", "message": "Authentication required"}


@pytest.mark.parametrize(
    ("endpoint", "field"),
    [
        (RESET_PASSWORD, "reset_token"),
        (REFRESH, "refresh_token"),
        (CONFIRM_EMAIL, "email_token"),
    ],
)
@pytest.mark.parametrize(
    ("token", "message"),
    [("", "Must not be empty"), ("x" * 513, "Must be at most 512 characters")],
)
def test_token_has_a_length(
    scene: Scene, endpoint: Endpoint, field: str, token: str, message: str
) -> None:
    request = endpoint.request(scene)

    answer = scene.api.call(**{**request, "json": {**request["json"], field: token}})

    _assert_refused(answer, field, message)


def _opens(api: Api, email: str, passw: str) -> bool:
    answer = api.call(*LOG_IN.at(), json={"email": email, "passw": passw})
    assert answer.status in (200, 401, 422)
    return answer.status == 200


def _assert_refused(answer: Answer, field: str, message: str) -> None:
    assert answer.status == 422
    assert answer.json == {
        "error": "Validation Error",
        "message": "Invalid parameters",
        "details": [{"field": field, "message": message}],
    }


ANY_TEXT = st.text(st.characters(exclude_categories=()), max_size=300)


@each((SIGN_UP, SELF_SIGN_UP, CONFIRM_EMAIL, LOG_IN, REFRESH, RESET_PASSWORD, ISSUE_RESET_TOKEN))
@hypothesis.settings(
    max_examples=20, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck)
)
@hypothesis.given(values=st.lists(ANY_TEXT, min_size=3, max_size=3))
def test_no_text_whatever_breaks_an_endpoint(
    scene: Scene, endpoint: Endpoint, values: list[str]
) -> None:
    request = endpoint.request(scene)
    body = dict(zip(request["json"], values, strict=False))

    # sure that it is documented, and not echoed
    answer = scene.api.call(**{**request, "json": body})

    assert answer.status < 500
