import subprocess
import sys
import unicodedata
from collections.abc import Callable
from types import SimpleNamespace

import pytest

from accounts import settings
from accounts.credentials import policy
from accounts.errors import ValidationFailedError
from infra.local import LAYER

ANNA = ("anna.k_smith@mail.example.com", "Anna Kate Taylor-Jones")

Configure = Callable[..., None]


@pytest.fixture(autouse=True)
def configure(monkeypatch: pytest.MonkeyPatch) -> Configure:
    """What the policy knows of the deployment, and how to change it."""

    def to(**changes: str) -> None:
        values = {
            "mail_service_name": "Acme Learning",
            "audience": "acme-api",
            "breached_passwords_url": "",
        }
        here = SimpleNamespace(**{**values, **changes})
        monkeypatch.setattr(settings, "current", lambda: here)

    to()
    return to


@pytest.fixture
def asked(configure: Configure, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The passwords that were looked up among breached ones, where ``known from a leak`` is."""
    passwords: list[str] = []

    def contains(password: str) -> bool:
        passwords.append(password)
        return password == "known from a leak"

    configure(breached_passwords_url="http://127.0.0.1:1/range")
    monkeypatch.setattr("accounts.credentials.breached.contains", contains)
    return passwords


def fault(password: str, personal: tuple[str, ...] = ANNA) -> str:
    with pytest.raises(ValidationFailedError) as caught:
        policy.require_strong(password, personal)
    (detail,) = caught.value.details
    assert detail["field"] == "passw"
    return detail["message"]


@pytest.mark.parametrize("password", ["example_string", "another_string"])
def test_the_passwords_of_the_examples_are_allowed(configure: Configure, password: str) -> None:
    configure(mail_service_name="Users", audience="users")

    policy.require_strong(password, personal=("user@example.com", "Example Name"))


@pytest.mark.parametrize(
    "password",
    [
        "correct horse battery",
        " " * 8,
        "😀" * 8,
        "\u200b" * 8,
        "        x       ",
        "aaaaaaaaaaaaaaaaaa ☃",
        "abababab!",
        "😀😀😀😀😀😀😀😃",
        "\x00\x01\x02\x03\x04\x05\x06\x07",
        "7294018365",
        "нечто особенное",
        "' OR 1=1--",
        "x" * 255 + "y",
        "y" + "x" * 255,
        "xxxxxxxx\n",
    ],
)
def test_no_mixture_of_characters_is_asked_for(password: str) -> None:
    policy.require_strong(password, ANNA)


@pytest.mark.parametrize("password", ["a" * 8, "A" * 100, "aAaAaAaA", "7" * 256, "é" * 12])
def test_one_letter_or_digit_repeated_is_refused(password: str) -> None:
    assert fault(password) == policy.REPEATED


@pytest.mark.parametrize("password", ["password", "Password1", "QWERTYUIOP", "12345678"])
def test_a_common_password_is_refused_in_whatever_case(password: str) -> None:
    assert fault(password) == policy.COMMON


@pytest.mark.parametrize(
    "password",
    [
        "anna.k_smith@mail.example.com",
        "Anna.K_Smith@Mail.Example.COM",
        "anna.k.smith",
        "Anna Kate Taylor-Jones",
        "annakatetaylorjones",
        "anna1990",
        "1990Anna!",
        "!!!Smith!!!",
        "Taylor1!",
        "Jones_2026",
        "s.m.i.t.h.1",
        "example12345",
    ],
)
def test_a_password_made_of_the_persons_own_words_is_refused(password: str) -> None:
    assert fault(password) == policy.PERSONAL


@pytest.mark.parametrize(
    "password", ["annabelle's horse", "my name is smith", "anna loves kate", "xanna1990"]
)
def test_a_password_may_contain_them_among_others(password: str) -> None:
    policy.require_strong(password, ANNA)


@pytest.mark.parametrize("password", ["79161234567", "+7 916 123-45-67", "7916-1234567!"])
def test_a_telephone_number_as_e_mail_is_no_password(password: str) -> None:
    assert fault(password, ("79161234567@example.com", "Anna")) == policy.PERSONAL


@pytest.mark.parametrize("password", ["Ильин1990", "ЮЛИЯ-ильин", "юлия2026!"])
def test_personal_words_are_found_in_every_script(password: str) -> None:
    assert fault(password, ("a@example.com", "Юлия Ильин")) == policy.PERSONAL


def test_personal_words_are_found_however_accents_are_coded() -> None:
    decomposed = unicodedata.normalize("NFD", "José2026")

    assert fault(decomposed, ("a@example.com", "José Díaz")) == policy.PERSONAL


def test_a_name_without_letters_or_digits_refuses_nothing() -> None:
    policy.require_strong("?!?!?!?!", ("a@example.com", "☃ ☃"))


@pytest.mark.parametrize("password", ["AcmeLearning", "acme2026", "learning!!", "acme-api1"])
def test_the_name_of_the_service_is_refused(password: str) -> None:
    assert fault(password) == policy.SERVICE


def test_a_password_known_from_a_breach_is_refused(asked: list[str]) -> None:
    assert fault("known from a leak") == policy.BREACHED


def test_a_password_that_no_rule_refuses_is_looked_up_once(asked: list[str]) -> None:
    policy.require_strong("correct horse battery", ANNA)

    assert asked == ["correct horse battery"]


@pytest.mark.parametrize("password", ["a" * 8, "Password1", "anna1990", "acme2026"])
def test_a_password_that_is_refused_already_is_not_looked_up(
    asked: list[str], password: str
) -> None:
    fault(password)

    assert asked == []


def test_nothing_is_looked_up_where_that_is_off(asked: list[str], configure: Configure) -> None:
    configure(breached_passwords_url="")

    policy.require_strong("known from a leak", ANNA)

    assert asked == []


def test_what_looks_up_is_not_even_imported_where_that_is_off() -> None:
    breached = "'accounts.credentials.breached'"
    script = f"import sys, accounts.credentials.policy; print({breached} in sys.modules)"

    done = subprocess.run(  # noqa: S603 - our own script
        [sys.executable, "-c", script], cwd=LAYER, capture_output=True, text=True, check=True
    )

    assert done.stdout == "False\n"
