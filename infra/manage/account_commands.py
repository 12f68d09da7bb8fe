"""The commands that list accounts, show them, and act on one or many."""

import argparse
import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from accounts.administration import unblocking
from accounts.storage import users
from infra.manage import each, listing, operating, user_accounts
from infra.manage.deployments import Deployment
from infra.manage.each import Outcome, Result
from infra.manage.problems import RefusedError
from infra.manage.screen import say, show, show_table

Command = Callable[[argparse.Namespace, Deployment], int]
Told = Mapping[str, Any]

ACCOUNT = ("id", "email", "name", "role", "status", "created_at")
EVENT = ("happened_at", "user_id", "what", "by", "ip_address", "details")


def list_accounts(options: argparse.Namespace, _deployment: Deployment) -> int:
    """List accounts."""
    wanted = {"role": options.role, "status": options.status, "email": options.email}
    return _show_accounts(listing.listed(options.limit, **wanted), options)


def find(options: argparse.Namespace, _deployment: Deployment) -> int:
    """List the accounts with these words."""
    wanted = {"role": options.role, "status": options.status, "search": " ".join(options.words)}
    return _show_accounts(listing.listed(options.limit, **wanted), options)


def show_account(options: argparse.Namespace, _deployment: Deployment) -> int:
    """Show all of one account."""
    told = listing.shown(options.whom)
    if options.json:
        show(_line(told))
    else:
        show_table(("WHAT", "VALUE"), [(name, _cell(value)) for name, value in told.items()])
    return 0


def trail(options: argparse.Namespace, _deployment: Deployment) -> int:
    """Show what happened to an account, or to all."""
    wanted = {name: getattr(options, name) for name in ("event", "actor_id", "since", "until")}
    if options.whom is None:
        events = listing.happened_anywhere(options.limit, **wanted)
    elif any(wanted.values()):
        raise RefusedError("--event, --actor-id, --since and --until are for the trail of all.")
    else:
        events = listing.happened(options.whom, options.limit)
    if options.json:
        _show_lines(events)
    else:
        _show_rows(EVENT, ({**event, "by": _by(event)} for event in events), "Nothing happened.")
    return 0


def enable(options: argparse.Namespace, _deployment: Deployment) -> int:
    """Enable accounts."""
    return _act(options, "Enabling", lambda whom: _set_status(whom, users.ACTIVE))


def disable(options: argparse.Namespace, _deployment: Deployment) -> int:
    """Disable accounts."""
    return _act(options, "Disabling", lambda whom: _set_status(whom, users.DISABLED))


def unblock(options: argparse.Namespace, _deployment: Deployment) -> int:
    """End lock-outs."""
    return _act(options, "Unblocking", _unblock)


def set_role(options: argparse.Namespace, _deployment: Deployment) -> int:
    """Give accounts a role."""
    role = operating.role_name(options.role)
    return _act(options, "Changing", lambda whom: _set_role(whom, role))


def delete(options: argparse.Namespace, _deployment: Deployment) -> int:
    """Delete accounts, or tell which."""
    if options.apply:
        return _act(options, "Deleting", _delete)
    code = _act(options, "Looking", _would_delete)
    say("Nothing was changed. To delete them: --apply")
    return code


def _act(options: argparse.Namespace, doing: str, deed: each.Deed) -> int:
    whom = each.targets(options.whom, options.file)
    operating.begin()
    return each.act(whom, doing, deed, as_json=options.json)


def _set_status(whom: str, status: str) -> Result:
    user, changed = user_accounts.set_status(whom, status)
    if not changed:
        return Result(Outcome.ALREADY, f"{user.email} is {status} already.")
    if status == users.DISABLED:
        return Result(Outcome.DONE, f"{user.email} is disabled and signed out everywhere.")
    return Result(Outcome.DONE, f"{user.email} is active and may sign in.")


def _unblock(whom: str) -> Result:
    user = unblocking.unblock(operating.account(whom).id, operating.OPERATOR)
    return Result(Outcome.DONE, f"{user.email} may try anew.")


def _set_role(whom: str, role: str) -> Result:
    user, changed = user_accounts.set_role(whom, role)
    if not changed:
        return Result(Outcome.ALREADY, f"{user.email} has the role {role} already.")
    return Result(Outcome.DONE, f"{user.email} has the role {role} and is signed out everywhere.")


def _delete(whom: str) -> Result:
    user = user_accounts.delete(whom)
    if user is None:
        return Result(Outcome.ALREADY, f"There is no account {whom}.")
    return Result(Outcome.DONE, f"{user.email} is deleted; what remains is the trail of {user.id}.")


def _would_delete(whom: str) -> Result:
    user = operating.find(whom)
    if user is None:
        return Result(Outcome.ALREADY, f"There is no account {whom}.")
    return Result(Outcome.DONE, f"{user.email} ({user.name}, {user.role}) would be deleted.")


def _show_accounts(found: Iterable[Told], options: argparse.Namespace) -> int:
    if options.json:
        _show_lines(found)
    else:
        _show_rows(ACCOUNT, found, "There is no such account.")
    return 0


def _show_lines(found: Iterable[Told]) -> None:
    for one in found:
        show(_line(one))


def _show_rows(columns: Sequence[str], found: Iterable[Told], nothing: str) -> None:
    rows = [[_cell(one.get(name)) for name in columns] for one in found]
    if rows:
        show_table([name.upper().replace("_", " ") for name in columns], rows)
    else:
        say(nothing)


def _by(event: Told) -> str:
    return str(event.get("operator") or event.get("actor_id") or "")


def _cell(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, str):
        return value
    if isinstance(value, Mapping):
        return ", ".join(f"{name}={_cell(it)}" for name, it in value.items())
    if isinstance(value, Sequence):
        return " ".join(map(_cell, value))
    return json.dumps(value)


def _line(told: Told) -> str:
    return json.dumps(told, ensure_ascii=False)


COMMANDS: Mapping[str, Command] = {
    "delete": delete,
    "disable": disable,
    "enable": enable,
    "find": find,
    "list": list_accounts,
    "set-role": set_role,
    "show": show_account,
    "trail": trail,
    "unblock": unblock,
}
