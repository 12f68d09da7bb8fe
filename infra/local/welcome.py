"""What a newcomer reads once the stack runs: where it is, who may enter, what to try."""

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from rich.console import Console

if TYPE_CHECKING:
    from infra.local.run import Run

# pairs of a comment, which is the title, and a command on one line that builds on those before
WALK = Path(__file__).with_name("walk.sh")


def walk(base_url: str, service_token: str) -> Iterator[tuple[str, str]]:
    """Yield titles and shell commands that lead through the API, from sign-up to logout."""
    script = WALK.read_text(encoding="utf-8")
    script = script.replace("@BASE_URL@", base_url).replace("@SERVICE_TOKEN@", service_token)
    for part in script.strip().split("\n\n"):
        title, command = part.splitlines()
        yield title.removeprefix("# "), command


def show(console: Console, run: "Run", session_file: Path) -> None:
    """Print it. Commands stay on one line each, so that what is copied is what runs."""
    console.print("\nTo try it, paste these into another terminal, one after the other:")
    for number, (title, command) in enumerate(walk(run.base_url, run.service_token), start=1):
        console.print(f"\n[bold]{number}. {title}[/]")
        console.print(command, markup=False, soft_wrap=True, style="cyan")
    # last, where the eye is when the screen has scrolled
    console.print(f"\n[bold green]The users service runs at {run.base_url}[/]")
    console.print(f"  Administrator  [bold]{run.administrator.email}[/]")
    console.print(f"  Password       [bold]{run.administrator.passw}[/]")
    console.print(f"  Its mails      {run.outbox_url}", soft_wrap=True)
    console.print(f"  For scripts    {_near(session_file)}", soft_wrap=True)
    console.print("\nStop with Ctrl-C. Below is what the functions log.\n", style="dim")


def _near(path: Path) -> Path:
    """Return ``path`` as seen from the working directory, where it lies below that."""
    here = Path.cwd()
    return path.relative_to(here) if path.is_relative_to(here) else path
