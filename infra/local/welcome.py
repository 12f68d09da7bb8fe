"""What a newcomer reads once the stack runs: where it is, who may enter, how to go on."""

from pathlib import Path
from typing import TYPE_CHECKING

from rich.console import Console
from rich.markup import escape

from infra.local import session

if TYPE_CHECKING:
    from infra.local.run import Run


def show(console: Console, run: "Run", kept_in: Path | None, below: str) -> None:
    """Print it; ``kept_in`` is where data and keys stay, if anywhere, ``below`` what follows."""
    file = near(run.session_file)
    to_run = "" if run.session_file == session.file() else f" SESSION={file}"
    fate = f"kept in {near(kept_in)}" if kept_in else "gone when it stops (make run KEEP=yes)"
    console.print(f"\n[bold green]The users service runs at {run.base_url}[/]\n")
    for name, fact in {
        "Administrator": f"[bold]{run.administrator.email}[/]",
        "Password": f"[bold]{run.administrator.passw}[/]",
        **({"Pages": run.pages_url} if run.pages_url else {}),
        **({"Try the API": run.docs_url} if run.docs_url else {}),
        "Mails": run.outbox_url,
        **_events(run),
        "What is here": run.local_url,
        "For scripts": f"{escape(str(file))} has the address and live tokens",
        "Data and keys": escape(fate),
    }.items():
        console.print(f"  {name:<15}{fact}", soft_wrap=True)
    command = f"[bold]make try{escape(to_run)}[/]"
    console.print(f"\nTo watch it work, in another terminal:  {command}", soft_wrap=True)
    console.print(f"\nStop with Ctrl-C. Below is {below}.\n", style="dim")


def _events(run: "Run") -> dict[str, str]:
    if run.events_url is None:
        return {}
    return {
        "Events": run.events_url,
        "Webhooks": "[yellow]may lead to http://localhost here, which no deployment allows[/]",
    }


def near(path: Path) -> Path:
    """Return ``path`` as seen from the working directory, where it lies below that."""
    here = Path.cwd()
    return path.relative_to(here) if path.is_relative_to(here) else path
