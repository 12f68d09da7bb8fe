"""What a deployer has put in the place of our own words, and of the page around them.

The build checks it and leaves it beside this module (infra.build.mails).
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from accounts.mail.wordings import Wording

PATH = Path(__file__).with_name("replaced.json")


@dataclass(frozen=True)
class Replaced:
    """Wordings by kind and language, greetings by language, and the page if it is another.

    ``somebody`` are the greetings where the name is not known.
    """

    wordings: Mapping[tuple[str, str], Wording]
    greetings: Mapping[str, str]
    somebody: Mapping[str, str]
    page: str | None


@cache
def current() -> Replaced:
    """Return what is replaced here, which for most is nothing."""
    return read(PATH.read_text(encoding="utf-8")) if PATH.is_file() else Replaced({}, {}, {}, None)


def read(text: str) -> Replaced:
    """Return what the build wrote."""
    told = json.loads(text)
    words: Mapping[str, Mapping[str, Mapping[str, str]]] = told["words"]
    return Replaced(
        wordings={
            (kind, language): Wording(
                wording["subject"], tuple(wording["paragraphs"]), wording.get("button", "")
            )
            for language, kinds in words.items()
            for kind, wording in kinds.items()
        },
        greetings=told["greetings"],
        somebody=told["somebody"],
        page=told["page"],
    )
