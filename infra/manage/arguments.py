"""The command line: which commands there are and what each takes."""

import argparse
import re
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from accounts.access.roles import DEFAULT
from infra.manage import account_arguments
from infra.manage.account_arguments import WHOM
from infra.manage.migrations.migrating import SYSTEMS

if TYPE_CHECKING:
    from argparse import _SubParsersAction

WHOM_OR_SIGN_UP = f"{WHOM}, or e-mail of a sign-up"
SESSION = "id of one session, as list-sessions shows it (default: all)"
EXPORT_DETAILS = """\
Every account that is there from the beginning to the end is in the file exactly once, as it was
at some moment in between; of those that are made or deleted meanwhile some are in it. For all
accounts as of one instant, use the point-in-time recovery of DynamoDB.

The file appears when it is complete, and only you may read it. It holds password hashes only
--with-hashes. An export that was interrupted goes on where it stopped when the same command is
run again."""
IMPORT_DETAILS = """\
Each line is a JSON object: one that export-users wrote, or with what another system has: email and
name, and if known password_hash (bcrypt, Argon2id or PBKDF2, such as "$2b$12$..."; who has none
sets a password by mail), role, status (active or disabled), language (en or ru), email_confirmed
(true or false), created_at (such as 2024-01-31T12:00:00Z) and totp_secret (of an authenticator
app, in base32). A file whose name ends in .csv has the same in columns, which its first line
names. With --from the file is another system's own; docs/migrate tells how to get it.

Accounts that are there already stay as they are, so after an interruption, or to correct some
lines, import the same file again. Lines that cannot be taken are reported, by number and reason,
in FILE.refused.jsonl, and the exit code is 1."""
FACTORS_DETAILS = """\
For when nobody is left who may do it in the API. The authenticator app, all passkeys and recovery
codes are gone, and so is every session; the person is told by mail. Their password alone signs
them in then: make sure of who is asking. The trail has it with your identity in AWS."""
CONFIRMATION_DETAILS = """\
For when you know otherwise that the address is theirs. A sign-up becomes an account without a
password, for nobody has shown who chose the one that waits: a link is printed that sets one."""
RESENDING_DETAILS = """\
Links that were mailed before stay good. Of a sign-up's mails three go out in an hour."""
CHECK_DETAILS = """\
For after a deployment: an account is made in the tables, goes through the API with its password,
its tokens and the published keys, and is taken away with its sessions and its trail, also when
something fails; the exit code is 1 then. Its address is one of SES's own, which reach nobody."""
ROTATION_DETAILS = """\
For when somebody has signed, or may have, with the key that signs now. The stack on AWS is
updated with the code that it has, all at once and whatever alarm is on: first the named key signs
and both verify, then it alone does. After that no token of the other key is taken any more:
people's clients refresh once, and service tokens have to be issued anew. When it is interrupted,
run it again. Without such a hurry follow docs/deploy.md#keys, and nobody notices."""

REDELIVERY_DETAILS = """\
In the order in which they happened. Each keeps its id, by which the receiver knows what it has."""
RESTORE_DETAILS = """\
Without --apply nothing is changed: it tells how many items differ. With it, items that are missing
or other are brought over, and those that came since are deleted. Nobody may write meanwhile.
docs/deploy.md (Restoring) has the whole procedure."""
REINDEX_DETAILS = """\
Needed where a deployment has not entered all of many accounts, and after UsersTable was restored.
To do it again changes nothing; search goes on meanwhile. docs/deploy.md (Updating) has more."""
VERIFYING_DETAILS = """\
Every file is read: its number, its signature, its events, and that it goes on from the file before.
The first that is not as it was written, or is missing, is named, and the exit code is 1; so it is
where the newest is overdue. A copy is verified without AWS: --folder with --public-key, which
aws kms get-public-key gives. docs/administration.md (The exported trail) has more."""
# in these, what was true some time ago must not become true again
EMPTIABLE = ("IdempotencyTable", "LoginAttemptsTable", "UserSessionsTable")

_HYPHENED_SESSION_ID = re.compile(r"-[A-Za-z0-9_-]{21}")


def read(arguments: Sequence[str]) -> argparse.Namespace:
    """Return what the arguments ask for, or tell what is wrong with them and exit."""
    # argparse would take it for an option
    return parser().parse_args(
        [f" {text}" if _HYPHENED_SESSION_ID.fullmatch(text) else text for text in arguments]
    )


def parser() -> argparse.ArgumentParser:
    """Return the parser of the whole command line; it sets ``command`` to the command's name."""
    where = _where()
    whole = argparse.ArgumentParser(
        prog="python -m infra.manage",
        description="Manage the accounts of a stack on AWS (--stack) or of make run (--local).",
        epilog="On AWS, credentials and region come from the environment, as for the AWS CLI.",
        parents=[where],
    )
    commands = _Commands(whole, where)
    account_arguments.add(commands.add)
    _add_people(commands)
    _add_back_ends(commands)
    _add_sessions(commands)
    _add_files(commands)
    _add_keys(commands)
    _add_tables(commands)
    _add_webhooks(commands)
    _add_trail(commands)
    commands.add("check", "log in, refresh and log out, and leave nothing", CHECK_DETAILS)
    return whole


class _Commands:
    def __init__(self, whole: argparse.ArgumentParser, where: argparse.ArgumentParser) -> None:
        self._parsers: _SubParsersAction[argparse.ArgumentParser] = whole.add_subparsers(
            dest="command", required=True, metavar="COMMAND", title="commands"
        )
        self._where = where

    def add(self, name: str, summary: str, details: str | None = None) -> argparse.ArgumentParser:
        return self._parsers.add_parser(
            name,
            help=summary,
            description=f"{summary[0].upper()}{summary[1:]}.",
            epilog=details,
            formatter_class=argparse.RawDescriptionHelpFormatter,
            parents=[self._where],
        )


def _where() -> argparse.ArgumentParser:
    # before the command and behind it, of which neither may set what the other was not given
    where = argparse.ArgumentParser(add_help=False, argument_default=argparse.SUPPRESS)
    choice = where.add_mutually_exclusive_group()
    choice.add_argument(
        "--stack", metavar="NAME", help="name of the stack on AWS, such as users-dev"
    )
    choice.add_argument(
        "--local",
        action="store_true",
        help="what make run runs, found by $SESSION (default: .local/session.json)",
    )
    return where


def _add_people(commands: _Commands) -> None:
    command = commands.add(
        "create-administrator", "create an administrator and print a link to set the password"
    )
    command.add_argument("email", metavar="EMAIL")
    command.add_argument("--name", required=True)
    command = commands.add("reset-link", "print a link that sets a new password, once")
    command.add_argument("email", metavar="EMAIL")
    command = commands.add(
        "reset-second-factors",
        "remove all second factors of somebody who has lost them",
        FACTORS_DETAILS,
    )
    command.add_argument("whom", metavar="EMAIL|USER_ID", help=WHOM)
    commands.add("list-unconfirmed", "list accounts and sign-ups whose address is not confirmed")
    for name, summary, details in (
        ("confirm-email", "confirm an address by hand", CONFIRMATION_DETAILS),
        ("resend-confirmation", "mail the link that confirms an address again", RESENDING_DETAILS),
    ):
        command = commands.add(name, summary, details)
        command.add_argument("whom", metavar="EMAIL|USER_ID", help=WHOM_OR_SIGN_UP)


def _add_back_ends(commands: _Commands) -> None:
    command = commands.add("issue-service-token", "print a new token for a back-end")
    command.add_argument("email", metavar="EMAIL", help="what tells this back-end from others")
    command.add_argument("--name", required=True, help="what the back-end is called")
    command.add_argument(
        "--role", default="service", help="role of the back-end (default: service)"
    )
    command.add_argument(
        "--days", type=int, metavar="N", help="life of the token (default: as long as allowed)"
    )
    command = commands.add("revoke-service-token", "end the tokens of a back-end, or one of them")
    _take_sessions(command)


def _add_sessions(commands: _Commands) -> None:
    command = commands.add("list-sessions", "list where an account is signed in")
    command.add_argument("whom", metavar="EMAIL|USER_ID", help=WHOM)
    command = commands.add("end-sessions", "sign an account out everywhere, or on one device")
    _take_sessions(command)


def _take_sessions(command: argparse.ArgumentParser) -> None:
    command.add_argument("whom", metavar="EMAIL|USER_ID", help=WHOM)
    command.add_argument(
        "session_id", metavar="SESSION_ID", nargs="?", type=str.strip, help=SESSION
    )


def _add_files(commands: _Commands) -> None:
    command = commands.add("export-users", "write all accounts to a file", EXPORT_DETAILS)
    command.add_argument("file", metavar="FILE", type=account_arguments.file)
    command.add_argument(
        "--with-hashes", action="store_true", help="with the hashes of their passwords"
    )
    command = commands.add("import-users", "create accounts as a file has them", IMPORT_DETAILS)
    command.add_argument("file", metavar="FILE", type=account_arguments.file)
    command.add_argument(
        "--drop-unknown-hashes",
        action="store_true",
        help="take people whose password hash cannot be verified here, or needs another "
        "deployment's key, without it: they get in by setting a new password",
    )
    command.add_argument(
        "--from", dest="system", choices=sorted(SYSTEMS), help="the system that the file is of"
    )
    command.add_argument(
        "--role", metavar="NAME", help=f"--from: role of who has no other (default: {DEFAULT})"
    )
    command.add_argument(
        "--roles",
        metavar="THEIRS=OURS",
        action="append",
        type=_pair,
        default=[],
        help="--from: role of who has THEIRS there; of several the first that fits",
    )


def _pair(text: str) -> tuple[str, str]:
    theirs, _, ours = text.partition("=")
    if not theirs or not ours:
        raise argparse.ArgumentTypeError("must be THEIRS=OURS, two names of roles")
    return theirs, ours


def _add_keys(commands: _Commands) -> None:
    command = commands.add(
        "rotate-signing-key",
        "sign with the other key, and take no token of this one any more",
        ROTATION_DETAILS,
    )
    command.add_argument("key", choices=["A", "B"], help="the key that is to sign from now on")


def _add_webhooks(commands: _Commands) -> None:
    command = commands.add(
        "redeliver", "send a webhook the events again that it has not taken", REDELIVERY_DETAILS
    )
    command.add_argument("webhook", metavar="WEBHOOK", help="its name")
    command.add_argument(
        "delivery_id",
        metavar="DELIVERY_ID",
        nargs="?",
        help="one event, whatever became of it (default: all that failed)",
    )


def _add_trail(commands: _Commands) -> None:
    command = commands.add(
        "verify-trail", "verify that the exported trail is whole", VERIFYING_DETAILS
    )
    command.add_argument(
        "--folder", type=Path, metavar="DIR", help="a copy of the files (default: the bucket)"
    )
    command.add_argument(
        "--public-key",
        type=account_arguments.file,
        metavar="FILE",
        help="the key in PEM or DER (default: as KMS has it)",
    )
    command.add_argument(
        "--first",
        type=account_arguments.count,
        default=1,
        metavar="N",
        help="the first file that has to be there (default: 1)",
    )
    account_arguments.take_json(command)


def _add_tables(commands: _Commands) -> None:
    command = commands.add(
        "restore-table", "bring a table back to what a restored one holds", RESTORE_DETAILS
    )
    command.add_argument("table", metavar="TABLE", help="as in template.yaml, such as UsersTable")
    command.add_argument(
        "--from", dest="source", required=True, metavar="NAME", help="name of the restored table"
    )
    command.add_argument("--apply", action="store_true", help="change what differs")
    commands.add("reindex", "enter every account into the search index", REINDEX_DETAILS)
    command = commands.add("empty-table", "delete all items of a table, such as all sessions")
    command.add_argument("table", choices=EMPTIABLE)
