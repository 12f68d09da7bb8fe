"""The command ``python -m infra.local.walk``: play the README's session, call by call.

Each step is shown as the README has it, and below it what the running service answers.
"""

import argparse
import json
import re
import secrets
import shlex
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from itertools import zip_longest
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.highlighter import JSONHighlighter
from rich.text import Text

from infra.local import ROOT, session
from infra.local.terminal import plain

README = ROOT / "README.md"
# a fenced block, with the paragraph that leads up to it
BLOCK = re.compile(
    r"(?P<lead>(?:^[^\n`|#][^\n]*\n)*)\n?^```(?P<kind>\w+)\n(?P<text>.*?)^```$",
    re.MULTILINE | re.DOTALL,
)
END = "--- end of step ---"
# the README's own address and file: the one has an account after the first time, the other may lie
# elsewhere
EMAIL = "user@example.com"
SESSION = ".local/session.json"
# tokens are long, and one can tell them apart by their beginnings
LONGEST_TEXT = 40
# between the steps, for those who watch
PAUSE_SECONDS = 0.7
INTERRUPTED = 130


class WalkError(Exception):
    """A command of the session failed; the text is what it said."""


@dataclass(frozen=True)
class Step:
    """A step of the session: what it is, the commands, and the answer that the README shows."""

    title: str
    commands: str
    shown: str | None


def main(arguments: Sequence[str] | None = None) -> int:
    """Play the session and return the exit code."""
    session_file = _parser().parse_args(arguments).session_file.resolve()
    console = Console(file=sys.stdout, highlight=False)
    try:
        running = session.read(session_file)
        play(console, session_file, PAUSE_SECONDS if console.is_terminal else 0)
    except (session.NothingRunsError, WalkError) as error:
        sys.stderr.write(f"{error}\n")
        return 1
    except KeyboardInterrupt:
        return INTERRUPTED
    outbox = running["outbox_url"].removesuffix(".json")
    console.print(f"\nThat was the README's session. The mails it led to: {outbox}")
    return 0


def play(console: Console, session_file: Path, pause_seconds: float) -> None:
    """Play the session against what runs, and pause after each step.

    Raises:
        WalkError: a command failed.
    """
    email = f"user-{secrets.token_hex(2)}@example.com"
    with _bash() as bash:
        for step in steps(README.read_text(encoding="utf-8")):
            commands = step.commands.replace(EMAIL, email)
            _show_commands(console, step.title, commands)
            here = commands.replace(SESSION, shlex.quote(str(session_file)))
            _show_answer(console, _answer(bash, here))
            time.sleep(pause_seconds)


def steps(readme: str) -> Iterator[Step]:
    """Yield the steps of the session in the README."""
    blocks = [block for block in BLOCK.finditer(readme) if block["kind"] in ("bash", "json")]
    for block, following in zip_longest(blocks, blocks[1:]):
        if block["kind"] == "bash":
            shown = following["text"] if following and following["kind"] == "json" else None
            title = " ".join(block["lead"].split()).removesuffix(":")
            yield Step(title, block["text"], shown)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m infra.local.walk",
        description="Play the README's session, call by call, against what make run runs.",
    )
    parser.add_argument(
        "--session-file",
        type=Path,
        default=session.file(),
        help="what make run has written (default: $SESSION, or .local/session.json)",
    )
    return parser


@contextmanager
def _bash() -> Iterator[subprocess.Popen[str]]:
    with subprocess.Popen(
        ["bash", "-euo", "pipefail"],  # noqa: S607 - the bash of the machine
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    ) as bash:
        yield bash


def _answer(bash: subprocess.Popen[str], commands: str) -> str:
    """Return what the commands print.

    Raises:
        WalkError: one of them failed.
    """
    assert bash.stdin is not None  # noqa: S101 - it is a pipe
    assert bash.stdout is not None  # noqa: S101 - as above
    bash.stdin.write(f"{commands}\necho; echo '{END}'\n")
    bash.stdin.flush()
    printed = ""
    for line in bash.stdout:
        if line == f"{END}\n":
            return printed.strip()
        printed += line
    raise WalkError(f"This failed:\n{commands}\n{printed}")


def _show_commands(console: Console, title: str, commands: str) -> None:
    console.print(f"\n{title}", style="bold", markup=False)
    for line in commands.splitlines():
        console.print(f"  {line}", style="cyan", markup=False, soft_wrap=True)


def _show_answer(console: Console, answer: str) -> None:
    if answer:
        with suppress(ValueError):  # what is not JSON is shown as it came
            answer = json.dumps(_shortened(json.loads(answer)), ensure_ascii=False)
        console.print(JSONHighlighter()(Text(plain(answer))), soft_wrap=True)


def _shortened(value: Any) -> Any:  # noqa: ANN401 - any JSON
    match value:
        case dict():
            return {name: _shortened(part) for name, part in value.items()}
        case list():
            return [_shortened(part) for part in value]
        case str() if len(value) > LONGEST_TEXT:
            return f"{value[:LONGEST_TEXT]}…"
        case _:
            return value


if __name__ == "__main__":
    sys.exit(main())
