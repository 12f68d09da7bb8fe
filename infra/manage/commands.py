"""Each command: what it does, and what it tells."""

import argparse
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from urllib.parse import urlsplit

from accounts.access import devices as device_names
from accounts.access import indexing, roles, second_factors, sessions
from accounts.errors import UnavailableError
from infra.manage import (
    account_commands,
    checking,
    confirmations,
    exporting,
    importing,
    operating,
    progress,
    redelivering,
    reindexing,
    restoring,
    rotation,
    service_tokens,
    sign_out,
    trail_commands,
    user_accounts,
)
from infra.manage.account_commands import Command
from infra.manage.deployments import Deployment
from infra.manage.migrations.migrating import Migration
from infra.manage.problems import RefusedError
from infra.manage.screen import counted, say, show, show_table, time
from infra.manage.user_accounts import Link

# where the template's own example of a reset page lies
EXAMPLE_HOST = "example.com"


def run(options: argparse.Namespace, deployment: Deployment) -> int:
    """Do what was asked and return the exit code.

    Raises:
        Exception: one of ``problems.EXPECTED``, if it cannot be done.
    """
    return COMMANDS[options.command](options, deployment)


def create_administrator(options: argparse.Namespace, _deployment: Deployment) -> int:
    """Create an administrator and show the link that sets the password."""
    operating.begin()
    link = user_accounts.create_administrator(options.email, options.name)
    say("The administrator is there, without a password. This link sets one, once:")
    _show(link)
    return 0


def reset_link(options: argparse.Namespace, _deployment: Deployment) -> int:
    """Show a link that sets a new password."""
    operating.begin()
    link = user_accounts.reset_link(options.email)
    say("This link sets a new password, once. It voids earlier ones when it is used:")
    _show(link)
    return 0


def _show(link: Link) -> None:
    show(link.url)
    say(f"It is good until {time(link.expires_at)}; after that, ask for another: reset-link")
    if urlsplit(link.url).hostname == EXAMPLE_HOST:
        say(
            "No such page is there: ResetPageUrl still names an example of earlier templates."
            " Until it is empty, for the pages here, or names a page of yours, send what follows"
            " reset_token= to PUT /api/v1/public/users/passw/set_new_passw."
        )


def reset_second_factors(options: argparse.Namespace, _deployment: Deployment) -> int:
    """Remove all second factors of an account."""
    operating.begin()
    user, factors = user_accounts.reset_second_factors(options.whom)
    if not factors:
        say(f"{user.email} has no second factor.")
        return 0
    say(
        f"{user.email} has no second factor any more ({', '.join(factors)} removed) and is signed"
        " out everywhere. The password alone signs them in now. They are told by mail, and the"
        " trail has this under your name."
    )
    return 0


def list_unconfirmed(_options: argparse.Namespace, _deployment: Deployment) -> int:
    """Show the addresses that are not confirmed."""
    found = list(confirmations.unconfirmed())
    if not found:
        say("Every address is confirmed.")
        return 0
    show_table(
        ("ADDRESS", "NAME", "ACCOUNT", "SINCE", "WAITS UNTIL"),
        [
            (
                one.email,
                one.name,
                str(one.user_id or "none yet"),
                time(one.since) if one.since else "",
                time(one.until) if one.until else "",
            )
            for one in found
        ],
    )
    return 0


def confirm_email(options: argparse.Namespace, _deployment: Deployment) -> int:
    """Confirm an address by hand."""
    operating.begin()
    link = confirmations.confirm(options.whom)
    if link is None:
        say("The address is confirmed.")
    else:
        say("The account is there, without a password. This link sets one, once:")
        _show(link)
    return 0


def resend_confirmation(options: argparse.Namespace, _deployment: Deployment) -> int:
    """Mail the link that confirms an address again."""
    operating.begin()
    email = confirmations.resend(options.whom)
    say(f"A mail to {email} is on its way.")
    return 0


def issue_service_token(options: argparse.Namespace, _deployment: Deployment) -> int:
    """Show a new service token."""
    operating.begin()
    token = service_tokens.issue(options.email, options.name, options.role, options.days)
    show(token.access_token)
    say(
        f"The token is good until {time(token.expires_at)} and is not shown again."
        f" To end it before, run: revoke-service-token {token.user_id} {token.session_id}"
    )
    return 0


def revoke_service_token(options: argparse.Namespace, _deployment: Deployment) -> int:
    """End service tokens."""
    operating.begin()
    ended = service_tokens.revoke(options.whom, options.session_id)
    say(f"{counted(ended, 'token')} revoked.")
    return 0


def list_sessions(options: argparse.Namespace, _deployment: Deployment) -> int:
    """Show the sessions of an account."""
    user = operating.account(options.whom)
    say(f"Second factors: {', '.join(second_factors.names(user)) or 'none'}.")
    live = sessions.live(user.id)
    if not live:
        say(f"{user.email} is signed in nowhere.")
        return 0
    show_table(
        ("SESSION", "DEVICE", "ADDRESS", "BEGAN", "LAST ACTIVITY", "EXPIRES"),
        [
            (
                session.session_id,
                device_names.label(session.user_agent),
                session.ip_address,
                time(session.created_at),
                time(session.last_activity),
                time(session.expires_at),
            )
            for session in live
        ],
    )
    return 0


def end_sessions(options: argparse.Namespace, _deployment: Deployment) -> int:
    """End sessions of an account."""
    operating.begin()
    ended = sign_out.end(operating.account(options.whom), options.session_id)
    say(f"{counted(ended, 'session')} ended.")
    return 0


def redeliver(options: argparse.Namespace, _deployment: Deployment) -> int:
    """Send a webhook events again."""
    count = redelivering.redeliver(options.webhook, options.delivery_id)
    say(f"{counted(count, 'event')} on the way to {options.webhook} again.")
    return 0


def export_users(options: argparse.Namespace, _deployment: Deployment) -> int:
    """Write all accounts to a file."""
    with (
        _repeatable("export"),
        progress.shown("Exporting", exporting.about_how_many()) as advance,
    ):
        exported = exporting.export_users(options.file, advance, with_hashes=options.with_hashes)
    if exported.continued:
        say("Went on with the export that was interrupted.")
    say(
        f"{counted(exported.count, 'account')} in {options.file},"
        f" each as it was at some moment from {time(exported.began_at)}"
        f" to {time(exported.ended_at)}."
    )
    if options.with_hashes:
        say("The file holds password hashes: keep it as safe as the tables.")
    else:
        say("Without password hashes: whom it is imported for sets a new one (--with-hashes).")
    return 0


def import_users(options: argparse.Namespace, deployment: Deployment) -> int:
    """Create the accounts that a file has; 1 means that lines were refused."""
    operating.begin()
    migration = _migration(options)
    form = migration.lines if migration else importing.form_of(options.file)
    rules = importing.rules_of(deployment, drop_unknown_hashes=options.drop_unknown_hashes)
    if migration:
        migration.require_roles(rules.roles)
    total = importing.count_lines(options.file, migration.records if migration else form)
    pace = importing.GENTLE if deployment.is_embedded else None
    running = importing.Import(options.file, rules, pace, form)
    try:
        with _repeatable("import"), progress.shown("Importing", total) as advance:
            running.run(advance)
    finally:
        running.report()
        _tell(running)
        if migration:
            for note in migration.notes(running.census):
                say(note)
    return 1 if running.outcome.refused else 0


def _migration(options: argparse.Namespace) -> Migration | None:
    if options.system is not None:
        return Migration(options.system, options.role or roles.DEFAULT, dict(options.roles))
    if options.role or options.roles:
        raise RefusedError("--role and --roles go with --from: lines of our own name their roles.")
    return None


def check(_options: argparse.Namespace, deployment: Deployment) -> int:
    """Walk through the API as somebody who is there for just that long."""
    operating.begin()
    for worked in checking.walk(checking.over_http(deployment.api_url())):
        say(worked)
    say("All is well, and nothing is left of the account that found out.")
    return 0


def rotate_signing_key(options: argparse.Namespace, _deployment: Deployment) -> int:
    """Let another key sign, and take no token of the last one any more."""
    stack: str | None = getattr(options, "stack", None)
    if stack is None:
        raise RefusedError("make run has keys of its own: stop it, and the next has others.")
    updates = list(rotation.updates(rotation.parameters(stack), options.key))
    for number, changes in enumerate(updates, 1):
        told = ", ".join(f"{name}={value}" for name, value in changes.items())
        say(f"Update {number} of {len(updates)}, some minutes: {told}")
        rotation.update(stack, changes)
    say(
        f"Key {options.key} alone signs and verifies."
        " Issue service tokens anew: issue-service-token."
        f' Where samconfig.toml names ActiveSigningKey, write "{options.key}".'
    )
    return 0


def _tell(running: importing.Import) -> None:
    outcome = running.outcome
    refused = counted(len(outcome.refused), "line")
    say(
        f"{counted(outcome.imported, 'account')} imported,"
        f" {outcome.there_already:,} there already, {refused} refused."
    )
    if outcome.refused:
        say(f"Which lines and why: {running.report_path}")


def restore_table(options: argparse.Namespace, deployment: Deployment) -> int:
    """Bring a table back to what another holds, or tell how they differ."""
    table = _table(options.table, deployment)
    with _repeatable("restoring"), progress.shown("Comparing", None) as advance:
        found = restoring.restore(table, options.source, advance, apply=options.apply)
    say(
        f"{counted(found.same, 'item')} the same, {found.other:,} missing or other,"
        f" {found.newer:,} not in {options.source}."
    )
    if options.apply:
        say(f"{options.table} is now as {options.source}.")
    else:
        say("Nothing was changed. To have the table as the restored one: --apply")
    return 0


def reindex(_options: argparse.Namespace, deployment: Deployment) -> int:
    """Make the search index anew."""
    operating.begin()
    at_a_time = 1 if deployment.is_embedded else indexing.AT_A_TIME
    with _repeatable("reindexing"), progress.shown("Reindexing", None) as advance:
        count = reindexing.reindex(advance, at_a_time)
    say(f"Everybody can be found. {counted(count, 'entry', 'entries')} of nobody taken out.")
    return 0


def empty_table(options: argparse.Namespace, deployment: Deployment) -> int:
    """Delete all items of a table."""
    table = _table(options.table, deployment)
    with _repeatable("emptying"), progress.shown("Deleting", None) as advance:
        count = restoring.empty(table, advance)
    say(f"{counted(count, 'item')} deleted.")
    return 0


def _table(logical_id: str, deployment: Deployment) -> str:
    name = deployment.physical_id(logical_id)
    if name is None or not logical_id.endswith("Table"):
        raise RefusedError(f"The deployment has no table {logical_id}.")
    return name


@contextmanager
def _repeatable(what: str) -> Iterator[None]:
    try:
        yield
    except (UnavailableError, OSError, KeyboardInterrupt) as error:
        # what could not be opened, of which an error tells the name, has not begun
        if getattr(error, "filename", None) is None:
            say(f"The {what} stopped before its end. To go on, run the same command again.")
        raise


COMMANDS: Mapping[str, Command] = {
    **account_commands.COMMANDS,
    **trail_commands.COMMANDS,
    "check": check,
    "confirm-email": confirm_email,
    "create-administrator": create_administrator,
    "empty-table": empty_table,
    "end-sessions": end_sessions,
    "export-users": export_users,
    "import-users": import_users,
    "issue-service-token": issue_service_token,
    "list-sessions": list_sessions,
    "list-unconfirmed": list_unconfirmed,
    "redeliver": redeliver,
    "reindex": reindex,
    "resend-confirmation": resend_confirmation,
    "reset-link": reset_link,
    "reset-second-factors": reset_second_factors,
    "restore-table": restore_table,
    "revoke-service-token": revoke_service_token,
    "rotate-signing-key": rotate_signing_key,
}
