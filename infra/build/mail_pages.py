"""The command ``python -m infra.build.mail_pages``: each mail as a page, and its words to replace.

Pages are in the words that a build would take: those of the folder ``mails`` where it has any.
"""

import json
import sys
from pathlib import Path

from accounts.mail import letters
from accounts.mail.wordings import HELLO, HELLO_SOMEBODY, WORDINGS
from infra.build.mails import FOLDER
from infra.local import ROOT
from infra.local.cannot_run import CannotRunError
from infra.local.own_mails import own_mails

OUTPUT = ROOT / ".local" / "mails"
# to an address without an account, whose reader may not be who wrote the name
NAMELESS = frozenset({"sign_up", "sign_up_refused"})
# as the template has them
SECONDS = {"{minutes}": 3_600, "{hours}": 86_400, "{days}": 604_800}
LINK = "https://app.example.com/reset#reset_token=pr.AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"


def main() -> int:
    """Write the files, say where they are, and return the exit code."""
    try:
        with own_mails():
            write(OUTPUT)
    except CannotRunError as error:
        sys.stderr.write(f"{error}\n")
        return 1
    sys.stdout.write(f"Each mail is in {OUTPUT}; words to replace go to {FOLDER}.\n")
    return 0


def write(folder: Path) -> None:
    """Write each kind of mail in each language as HTML, and our own words as TOML."""
    folder.mkdir(parents=True, exist_ok=True)
    for kind, language in WORDINGS:
        name = "" if kind in NAMELESS else "Anna Example"
        text = page(kind, language, name)
        (folder / f"{kind}.{language}.html").write_text(text, encoding="utf-8")
    for language in HELLO:
        (folder / f"{language}.toml").write_text(words(language), encoding="utf-8")


def page(kind: str, language: str, name: str, service: str = "Users") -> str:
    """Return a mail of this kind as HTML, to somebody of this name, if they have one."""
    wording = WORDINGS[kind, language]
    told = " ".join(wording.paragraphs)
    return letters.write(
        kind,
        language,
        name=name,
        service=service,
        link=LINK if wording.button else "",
        seconds=next((life for blank, life in SECONDS.items() if blank in told), 0),
        device="Chrome on Windows",
        code="04718259",
        ip_address="2001:db8:85a3:8d3:1319:8a2e:370:7348",
    ).html


def words(language: str) -> str:
    """Return our own words in this language, as ``mails/<language>.toml`` may have others."""
    lines = [
        f"hello = {_text(HELLO[language])}",
        f"hello_somebody = {_text(HELLO_SOMEBODY[language])}",
    ]
    for (kind, of), wording in WORDINGS.items():
        if of != language:
            continue
        lines += ["", f"[mails.{kind}]", f"subject = {_text(wording.subject)}", "paragraphs = ["]
        lines += [f"  {_text(paragraph)}," for paragraph in wording.paragraphs]
        lines += ["]", *([f"button = {_text(wording.button)}"] if wording.button else [])]
    return "\n".join(lines) + "\n"


def _text(text: str) -> str:
    # what JSON writes in quotes TOML reads
    return json.dumps(text, ensure_ascii=False)


if __name__ == "__main__":
    sys.exit(main())
