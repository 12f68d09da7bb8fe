"""The part of the command line that is about listing, showing and changing accounts."""

import argparse
from collections.abc import Callable
from pathlib import Path

WHOM = "e-mail or id of the account"
MANY_DETAILS = """\
One account after another is dealt with, and told of; who is refused keeps nobody else from it, and
the exit code is 1 then. To run the same command again changes nothing for who is so already. A
file has an e-mail or an id a line; what begins with # says nothing."""
DELETE_DETAILS = f"""\
Without --apply nothing is changed: it tells whom it would be.

{MANY_DETAILS}"""

Add = Callable[..., argparse.ArgumentParser]


def file(text: str) -> Path:
    """Return the path of a file, or tell that it is none."""
    path = Path(text)
    if not path.name:
        raise argparse.ArgumentTypeError("must be the name of a file")
    return path


def add(add: Add) -> None:
    """Add the commands that list accounts, show them, and act on one or many."""
    command = add("list", "list accounts")
    command.add_argument("--email", metavar="TEXT", help="with addresses that begin like this")
    _take_filters(command)
    command = add("find", "list accounts with words of their names or addresses")
    command.add_argument("words", metavar="WORD", nargs="+", help="how a word begins")
    _take_filters(command)
    command = add("show", "show all of an account")
    command.add_argument("whom", metavar="EMAIL|USER_ID", help=WHOM)
    take_json(command)
    command = add("trail", "list what happened to an account, or to all, newest first")
    command.add_argument(
        "whom",
        metavar="EMAIL|USER_ID",
        nargs="?",
        help=f"{WHOM}, or id of a deleted one (default: all)",
    )
    command.add_argument("--event", metavar="WHAT", help="such as user_deleted")
    command.add_argument("--actor-id", metavar="USER_ID", help="done by this account")
    command.add_argument("--since", metavar="TIME", help="such as 2024-01-31T12:00:00Z")
    command.add_argument("--until", metavar="TIME")
    _take_limit(command)
    for name, summary in (
        ("enable", "enable disabled accounts"),
        ("disable", "disable accounts and end their sessions"),
        ("unblock", "end lock-outs: failures at passwords and second factors begin anew"),
    ):
        _take_many(add(name, summary, MANY_DETAILS))
    command = add("set-role", "give accounts another role", MANY_DETAILS)
    command.add_argument("--role", required=True)
    _take_many(command)
    command = add("delete", "delete accounts, with all but their trail", DELETE_DETAILS)
    command.add_argument("--apply", action="store_true", help="delete them, and not only say whom")
    _take_many(command)


def _take_filters(command: argparse.ArgumentParser) -> None:
    command.add_argument("--role")
    command.add_argument("--status", choices=["active", "disabled"])
    _take_limit(command)


def _take_limit(command: argparse.ArgumentParser) -> None:
    command.add_argument("--limit", type=count, metavar="N", help="at most so many (default: all)")
    take_json(command)


def _take_many(command: argparse.ArgumentParser) -> None:
    command.add_argument("whom", metavar="EMAIL|USER_ID", nargs="*", help=WHOM)
    command.add_argument("--file", type=file, help="a file with one of them a line")
    take_json(command)


def take_json(command: argparse.ArgumentParser) -> None:
    """Have a command take --json."""
    command.add_argument("--json", action="store_true", help="a line of JSON for each, for scripts")


def count(text: str) -> int:
    """Return a number of something, or tell that it is none."""
    if not (text.isascii() and text.isdigit() and int(text)):
        raise argparse.ArgumentTypeError("must be a whole number from 1")
    return int(text)
