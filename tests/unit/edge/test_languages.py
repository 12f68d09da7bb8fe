"""Which language a client is answered in, and that every message is there in both."""

import ast
import importlib
import re
import string
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from accounts.edge import languages, validation
from accounts.edge.russian import MESSAGES, PLACEHOLDERS
from infra.local import ROOT
from tests.support.answers import is_russian
from tests.unit.test_errors import EVERY, made

ACCOUNTS = ROOT / "layers" / "shared" / "accounts"
CATALOGUE = ACCOUNTS / "edge" / "russian.py"
# whatever a placeholder of pydantic's, or of ours, may stand for
SAMPLES = {"expected": "'a', 'b' or 'c'", "rule": "Must not be empty"}


@pytest.mark.parametrize(
    ("header", "language"),
    [
        ("", "en"),
        ("ru", "ru"),
        ("RU", "ru"),
        ("ru-RU", "ru"),
        ("ru-RU,ru;q=0.9,en-US;q=0.8,en;q=0.7", "ru"),
        ("en-US,en;q=0.9,ru;q=0.8", "en"),
        ("ru, en", "ru"),
        ("en, ru", "en"),
        ("ru;q=0.5, en;q=0.5", "ru"),
        ("en;q=0.5, ru;q=0.500", "en"),
        ("en;q=0.4, ru;q=0.5", "ru"),
        ("ru ; q=0.5 , en;q=0.9", "en"),
        ("de, ru;q=0.3", "ru"),
        ("de", "en"),
        ("uk, be", "en"),
        ("*", "en"),
        ("ru, *", "ru"),
        ("*, ru", "en"),
        ("ru;q=0.2, *;q=0.1", "ru"),
        ("ru;q=0.2, *;q=0.3", "en"),
        ("ru;q=0", "en"),
        ("ru;q=0, *", "en"),
        ("ru;q=0, ru-RU;q=0.1", "ru"),
        ("en;q=0, ru;q=0.1", "ru"),
        ("en;q=0, de;q=1", "en"),
        # what is malformed says nothing
        ("ru;q=2", "en"),
        ("ru;q=", "en"),
        ("ru;q=0.1234", "en"),
        ("ru;q=-1", "en"),
        ("ru;level=1", "en"),
        ("ru;q=nan", "en"),
        ("ru;q=1e0", "en"),
        (",,;;=,ru", "ru"),
        ("run", "en"),
        ("rum-RU", "en"),
        ("ru\N{CYRILLIC SMALL LETTER IE}", "en"),
        ("ru;q=0.9," * 1000, "ru"),
    ],
)
def test_language_is_the_one_preferred(header: str, language: str) -> None:
    assert languages.preferred(header) == language


def _literal_messages(path: Path) -> Iterator[str]:
    """Return what a module says: to whom it answers Done, or what a field is refused for."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if not isinstance(node, ast.Call):
            continue
        called = ast.unparse(node.func)
        if called.endswith(("PydanticCustomError", "ValidationFailedError.of", "formed")):
            said: list[ast.expr] = node.args[1:2]
        else:
            said = [keyword.value for keyword in node.keywords if keyword.arg == "message"]
        yield from (it.value for it in said if isinstance(it, ast.Constant))  # type: ignore[misc]


SOURCES = [*ACCOUNTS.rglob("*.py"), *(ROOT / "functions").rglob("*.py")]
EDGE = [
    importlib.import_module(f"accounts.edge.{path.stem}")
    for path in (ACCOUNTS / "edge").glob("*.py")
]
OF_SOURCES = sorted({message for path in SOURCES for message in _literal_messages(path)})
OF_FIELDS = sorted(set(validation._MESSAGES.values()))  # noqa: SLF001 - all of them
OF_ERRORS = sorted({made(kind).message for kind in EVERY})
OF_VIEWS = sorted(
    {
        str(vars(view)["message"])
        for module in EDGE
        for view in vars(module).values()
        if isinstance(view, type) and isinstance(vars(view).get("message"), str)
    }
)


def _example(message: str) -> str:
    names = [name for _, name, _, _ in string.Formatter().parse(message) if name]
    return message.format_map({name: SAMPLES.get(name, "1") for name in names})


@pytest.mark.parametrize("message", sorted({*OF_SOURCES, *OF_FIELDS, *OF_ERRORS, *OF_VIEWS}))
def test_message_is_there_in_russian_too(message: str) -> None:
    told = languages.russian(_example(message))

    assert told is not None, f"add {message!r} to accounts/edge/russian.py"
    assert is_russian(told)


def test_messages_are_looked_for_where_they_are() -> None:
    assert "Password updated" in OF_SOURCES
    assert "Must be an e-mail address" in OF_SOURCES
    assert "Permission users:create required" in OF_ERRORS
    assert "Signed out" in OF_VIEWS


@pytest.mark.parametrize("english", MESSAGES)
def test_translation_has_the_placeholders_of_the_message_and_no_others(english: str) -> None:
    names = re.findall(r"\{(\w+)\}", english)

    assert sorted(re.findall(r"\{(\w+)\}", MESSAGES[english])) == sorted(names)
    assert set(names) <= set(PLACEHOLDERS)
    assert len(set(names)) == len(names)


# strings may be broken over lines
CODE = re.sub(
    r'"\s+f?"',
    "",
    "\n".join(path.read_text(encoding="utf-8") for path in SOURCES if path != CATALOGUE),
)


@pytest.mark.parametrize("english", MESSAGES)
def test_nothing_is_translated_that_nobody_says(english: str) -> None:
    # what the code has names for may be anything there
    parts = re.split(r"\{\w+\}|\*|\bservice\b|\b[0-9]+\b", english)

    assert all(part in CODE for part in parts)


@pytest.mark.parametrize(
    ("english", "russian"),
    [
        ("Permission users:create required", "Требуется право users:create"),
        ("Permission * required", "Требуется право *"),
        ("Must be 'active' or 'disabled'", "Допустимо: 'active' или 'disabled'"),
        ("Must be 'a', 'b' or 'c'", "Допустимо: 'a', 'b' или 'c'"),
        ("Must be at least 8 characters", "Наименьшее число символов: 8"),
        ("Must be at least 8", "Не меньше 8"),
        ("Must be at most 100 characters", "Наибольшее число символов: 100"),
        ("Must have at most 100 items", "Наибольшее число элементов: 100"),
    ],
)
def test_message_about_the_request_says_the_same_of_it(english: str, russian: str) -> None:
    assert languages.russian(english) == russian


@pytest.mark.parametrize(
    "message", ["", "Permission ../x required", "Must be a goat", "Must be at least x", "User  not"]
)
def test_message_that_nobody_says_has_no_translation(message: str) -> None:
    assert languages.russian(message) is None


def test_catalogue_is_not_loaded_with_an_endpoint() -> None:
    code = (
        "import sys, accounts.edge.endpoint, accounts.edge.validation;"
        "assert not {'accounts.edge.languages', 'accounts.edge.russian'} & set(sys.modules)"
    )

    subprocess.run([sys.executable, "-c", code], cwd=ACCOUNTS.parent, check=True)  # noqa: S603 - our own
