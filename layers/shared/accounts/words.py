"""The words that an account is found by: those of its name, and of both sides of its address.

A word is what stands between characters that are neither letters, digits nor marks of letters.
It is compared without case, without the dots of a ``ё``, and in one form of Unicode (NFKC).
"""

import unicodedata
from collections.abc import Iterator, Sequence

# with a letter less, too many people would have it
SHORTEST = 2
# in code points: of a longer one the beginning counts
LONGEST = 64
# so that the transaction that changes them stays within DynamoDB's hundred items, whatever a
# name or an address is made of
MOST_OF_NAME = 8
MOST_OF_LOCAL_PART = 4
MOST_OF_DOMAIN = 6
# letters, marks, digits
_PARTS_OF_WORDS = "LMN"
# most people write the one for the other
_IO, _IE = "\N{CYRILLIC SMALL LETTER IO}", "\N{CYRILLIC SMALL LETTER IE}"


def of_text(text: str) -> Sequence[str]:
    """Return all words of a text, folded, in order."""
    folded = "".join(
        character if unicodedata.category(character)[0] in _PARTS_OF_WORDS else " "
        for character in _folded(text)
    )
    return [word[:LONGEST] for word in folded.split()]


def of_account(name: str, email: str) -> Sequence[str]:
    """Return all words of an account's name and its address, some perhaps twice."""
    return [word for text, _ in _texts(name, email) for word in of_text(text)]


def indexed(name: str, email: str) -> frozenset[str]:
    """Return those words by which an account with this name and address is found."""
    return frozenset(
        word for text, most in _texts(name, email) for word in _first_long_ones(text, most)
    )


def _texts(name: str, email: str) -> Iterator[tuple[str, int]]:
    local_part, _, domain = email.rpartition("@")
    yield name, MOST_OF_NAME
    yield local_part, MOST_OF_LOCAL_PART
    yield domain, MOST_OF_DOMAIN


def _first_long_ones(text: str, most: int) -> Sequence[str]:
    long_enough = (word for word in of_text(text) if len(word) >= SHORTEST)
    return list(dict.fromkeys(long_enough))[:most]


def _folded(text: str) -> str:
    # what folding takes apart is composed again
    composed = unicodedata.normalize("NFKC", text).casefold()
    return unicodedata.normalize("NFKC", composed).replace(_IO, _IE)
