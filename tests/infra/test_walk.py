"""``make try`` plays what the README shows, and says so when it cannot."""

import io
import json
import subprocess
from pathlib import Path

import pytest
from rich.console import Console

from infra.local import ROOT, walk
from infra.local.server import address, listen
from infra.local.walk import Step, WalkError, steps

README = """# A title
Not this.

```text
nor this
```
A person signs up,
as `this` shows:
```bash
echo 1
```
```json
{"a": 1}
```
Then more

```bash
echo 2
echo 3
```
```bash
echo 4
```
"""


def test_steps_are_the_readmes_with_what_leads_up_to_them() -> None:
    assert list(steps(README)) == [
        Step("A person signs up, as `this` shows", "echo 1\n", '{"a": 1}\n'),
        Step("Then more", "echo 2\necho 3\n", None),
        Step("", "echo 4\n", None),
    ]


def test_no_session_is_no_steps() -> None:
    assert list(steps("# Nothing\n")) == []


@pytest.fixture
def readme(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    path = tmp_path / "README.md"
    monkeypatch.setattr(walk, "README", path)
    return path


def _played(session_file: Path) -> str:
    printed = io.StringIO()
    walk.play(Console(file=printed, highlight=False, width=200), session_file, 0)
    return printed.getvalue()


def test_answers_follow_their_commands_with_tokens_cut_short(readme: Path, tmp_path: Path) -> None:
    session_file = tmp_path / "it's here.json"
    session_file.write_text(json.dumps({"token": "x" * 50, "id": 7}))
    readme.write_text(
        'Look:\n```bash\nONE=1; cat .local/session.json\n```\n```bash\necho "is $ONE"\n```\n'
    )

    assert _played(session_file).splitlines() == [
        "",
        "Look",
        "  ONE=1; cat .local/session.json",
        f'{{"token": "{40 * "x"}…", "id": 7}}',
        "",
        "",
        '  echo "is $ONE"',
        "is 1",
    ]


def test_each_time_somebody_else_signs_up(readme: Path, tmp_path: Path) -> None:
    readme.write_text("```bash\necho user@example.com\n```\n")

    first, second = _played(tmp_path), _played(tmp_path)

    assert first != second
    assert "user@example.com" not in first


def test_command_that_fails_ends_it(readme: Path, tmp_path: Path) -> None:
    readme.write_text("```bash\necho why; false\n```\n```bash\necho never\n```\n")

    with pytest.raises(WalkError, match="echo why; false\n\nwhy"):
        _played(tmp_path)


def test_nothing_that_runs_is_told_plainly(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "session.json"
    with listen(0) as embedded:
        path.write_text(json.dumps({"aws": {"endpoint_url": address(embedded)}}))

    assert walk.main(["--session-file", str(path)]) == 1

    assert capsys.readouterr().err == (f"What {path} tells of has ended. Start it anew: make run\n")


@pytest.mark.parametrize(
    ("arguments", "complaint"),
    [
        (["FOO=1", "PROT=3001"], "make run knows no FOO PROT. It takes PORT KEEP"),
        (["KEEP=1"], "KEEP is yes or no, not 1"),
    ],
)
def test_misspelt_variable_is_named(arguments: list[str], complaint: str) -> None:
    made = subprocess.run(  # noqa: S603 - our own Makefile
        ["make", "--dry-run", "run", *arguments],  # noqa: S607 - the make of the machine
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=30,
        check=False,
    )

    assert made.returncode == 2
    assert complaint in made.stderr


def test_variables_reach_the_command() -> None:
    made = subprocess.run(
        ["make", "--dry-run", "run", "KEEP=yes", "LOGS=json", "ORIGINS=http://a"],  # noqa: S607 - the make of the machine
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=30,
        check=True,
    )

    command = made.stdout.splitlines()[-1].split()
    assert command[-6:] == [
        "--keep-in",
        ".local/kept",
        "--origins",
        "'http://a'",
        "--logs",
        "'json'",
    ]
