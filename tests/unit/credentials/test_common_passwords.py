import unicodedata
from importlib.metadata import distribution
from pathlib import Path

import pytest

from accounts.credentials import common_passwords
from infra.build.password_list import listed, main, packed

LICENSE = common_passwords.FILE.with_name("common_passwords.LICENSE.txt")


@pytest.fixture(scope="module")
def passwords() -> set[str]:
    return listed()


def test_the_file_is_what_its_sources_make(passwords: set[str]) -> None:
    made = packed(passwords)

    assert common_passwords.FILE.read_bytes() == made, "python -m infra.build.password_list"


def test_the_command_writes_the_file(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    shipped = common_passwords.FILE.read_bytes()
    monkeypatch.setattr(common_passwords, "FILE", tmp_path / "made.bin")

    assert main() == 0

    assert (tmp_path / "made.bin").read_bytes() == shipped
    assert capsys.readouterr().out == "made.bin: 19,302 passwords, 115,812 bytes\n"


def test_the_list_is_long_and_the_file_small(passwords: set[str]) -> None:
    assert len(passwords) >= 10_000
    assert common_passwords.FILE.stat().st_size == 6 * len(passwords) <= 200_000


def test_only_what_is_long_enough_is_listed(passwords: set[str]) -> None:
    assert min(map(len, passwords)) == 8


def test_a_look_up_errs_less_than_once_in_a_thousand_million(passwords: set[str]) -> None:
    assert len(passwords) / 2 ** (8 * common_passwords.WIDTH_BYTES) < 1e-9


def test_every_listed_password_is_found(passwords: set[str]) -> None:
    assert [word for word in passwords if not common_passwords.contains(word)] == []


def test_what_is_not_listed_is_not_found() -> None:
    unlisted = (f"not listed {number}" for number in range(100_000))

    assert [word for word in unlisted if common_passwords.contains(word)] == []


@pytest.mark.parametrize(
    "password",
    [
        "password",
        "password1",
        "passw0rd",
        "p@ssw0rd",
        "12345678",
        "0123456789",
        "00000000",
        "qwertyuiop",
        "1q2w3e4r",
        "iloveyou",
        "football1",
        "alexander",
        "administrator",
    ],
)
def test_what_everybody_thinks_of_is_listed(password: str) -> None:
    assert common_passwords.contains(password)


@pytest.mark.parametrize("password", ["Password1", "PASSWORD1", "pAsSwOrD1"])
def test_case_is_no_disguise(password: str) -> None:
    assert common_passwords.contains(password)


def test_neither_is_the_way_accents_are_coded() -> None:
    one, two = (unicodedata.normalize(form, "Pässwörter") for form in ("NFC", "NFD"))

    assert one != two
    assert common_passwords.fingerprint(one) == common_passwords.fingerprint(two)


@pytest.mark.parametrize(
    "near", [" password", "password ", "password\n", "password\x00", "passwor"]
)
def test_what_is_only_near_a_listed_password_is_another(near: str) -> None:
    assert not common_passwords.contains(near)


@pytest.mark.parametrize("password", ["example_string", "another_string", "correct horse battery"])
def test_what_the_examples_use_is_not_listed(password: str) -> None:
    assert not common_passwords.contains(password)


@pytest.mark.parametrize("package", ["django", "zxcvbn"])
def test_the_licence_of_each_source_ships_with_the_list(package: str) -> None:
    texts = [
        path.read_text() for path in distribution(package).files or () if "LICENSE" in path.name
    ]

    assert any(text.strip() in LICENSE.read_text() for text in texts)
