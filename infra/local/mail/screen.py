"""Print a mail on the terminal."""

from rich.console import Console
from rich.text import Text

from infra.local.mail.outbox import Mail
from infra.local.terminal import plain

BAR = "  │ "


def show(console: Console, mail: Mail) -> None:
    """Print a mail's text; each line stays in one piece, so that a link can be clicked."""
    head = [f"Mail to {', '.join(mail.recipients)}", mail.subject, ""]
    printed = Text()
    for number, line in enumerate(head + mail.text.strip().splitlines()):
        printed.append(BAR, "cyan").append(plain(line), "bold" if number < len(head) else "")
        printed.append("\n")
    console.print()
    console.print(printed, soft_wrap=True)
