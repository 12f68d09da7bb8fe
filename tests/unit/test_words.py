"""What words a name and an address have."""

import pytest

from accounts import words


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Ada Lovelace", ["ada", "lovelace"]),
        ("  Ada\tde\u00a0Lovelace\n", ["ada", "de", "lovelace"]),
        ("Jean-Luc O'Brien", ["jean", "luc", "o", "brien"]),
        ("Семён Ёлкин", ["семен", "елкин"]),
        ("семе\u0308н", ["семен"]),
        ("Йод", ["йод"]),
        ("Straße", ["strasse"]),
        ("ΣΊΣΥΦΟΣ", ["σίσυφοσ"]),
        ("\uff21da", ["ada"]),
        ("ﬁona", ["fiona"]),
        ("İpek", ["i\u0307pek"]),
        ("Zoë Zoe\u0308", ["zoë", "zoë"]),
        ("山田 太郎", ["山田", "太郎"]),
        ("हिन्दी", ["हिन्दी"]),
        ("R2-D2", ["r2", "d2"]),
        ("a.b_c+d", ["a", "b", "c", "d"]),
        ("x\0y\ud800z", ["x", "y", "z"]),
        ("*%_ ' OR 1=1 --", ["or", "1", "1"]),
        ("🙂 .,;", []),
        ("", []),
    ],
)
def test_words_are_what_stands_between_other_signs(text: str, found: list[str]) -> None:
    assert words.of_text(text) == found


def test_long_word_counts_by_its_beginning() -> None:
    assert words.of_text("x" * 100) == ["x" * words.LONGEST]


def test_words_of_an_account_are_those_of_name_and_both_sides_of_the_address() -> None:
    found = words.indexed("Ada Lovelace", "ada.king+x@mail.example.com")

    assert found == {"ada", "lovelace", "king", "mail", "example", "com"}


def test_one_letter_is_no_word_to_be_found_by() -> None:
    assert words.indexed("J R Ewing", "x@y.zz") == {"ewing", "zz"}


def test_words_are_so_few_whatever_a_name_and_an_address_are_made_of() -> None:
    name = " ".join(f"n{number:02}" for number in range(33))
    local_part = ".".join(f"l{number:02}" for number in range(16))
    domain = ".".join(f"d{number:02}" for number in range(40)) + ".com"

    found = words.indexed(name, f"{local_part}@{domain}")

    assert found == {
        *(f"n{number:02}" for number in range(8)),
        *(f"l{number:02}" for number in range(4)),
        *(f"d{number:02}" for number in range(6)),
    }


def test_key_of_the_longest_word_is_one_that_dynamodb_takes() -> None:
    # which Unicode's compatibility forms make many letters of
    (longest,) = words.indexed("㌀" * 100, "x@y.z")

    assert len(longest.encode()) <= 1024 - len("#") - 16
