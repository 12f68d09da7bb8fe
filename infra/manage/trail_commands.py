"""The command that verifies the exported trail."""

import argparse
import json
from collections.abc import Mapping
from dataclasses import asdict

from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePublicKey

from accounts import settings
from accounts.credentials import kms
from accounts.storage import event_orders, trail_heads
from infra.manage import progress, trail_sources, verifying
from infra.manage.account_commands import Command
from infra.manage.deployments import Deployment
from infra.manage.problems import RefusedError
from infra.manage.screen import counted, say, show, show_table, time
from infra.manage.trail_sources import Bucket, Folder
from infra.manage.verifying import BrokenTrailError, Whole


def verify_trail(options: argparse.Namespace, deployment: Deployment) -> int:
    """Verify the exported trail; 1 means that it is not whole."""
    try:
        whole = _verified(options, deployment)
    except BrokenTrailError as broken:
        if options.json:
            show(json.dumps({"ok": False, "file": broken.file, "why": broken.why}))
        else:
            say(f"The trail is not whole. {broken}.")
        return 1
    if options.json:
        show(json.dumps({"ok": True, **asdict(whole)}))
    else:
        _tell(whole, is_copy=options.folder is not None)
    return 0


def _verified(options: argparse.Namespace, deployment: Deployment) -> Whole:
    key = _key(options, deployment)
    # before the names: files may be written meanwhile
    newest = None if options.folder else trail_heads.find()
    source = Folder(options.folder) if options.folder else Bucket(settings.trail().trail_bucket)
    names = source.names()
    with progress.shown("Verifying", len(names)) as advance:
        whole = verifying.verify(source, key, options.first, newest, names, advance)
    if not options.folder:
        verifying.require_recent(whole)
    return whole


def _key(options: argparse.Namespace, deployment: Deployment) -> EllipticCurvePublicKey:
    is_exported = deployment.physical_id("TrailKey") is not None
    if not (is_exported or options.folder):
        raise RefusedError("The trail is not exported here: that takes TrailExport=true.")
    if options.public_key:
        return trail_sources.key_in(options.public_key)
    if not is_exported:
        raise RefusedError("Say which key signed the files: --public-key FILE, or --stack NAME.")
    key_id = settings.trail().trail_key_id
    return trail_sources.key_of(kms.public_key(key_id), f"KMS key {key_id}")


def _tell(whole: Whole, *, is_copy: bool) -> None:
    rows = {
        "files": f"{whole.files:,}, from {whole.first} to {whole.last}",
        "events": f"{whole.events:,}, {whole.late:,} of them late",
        "since": time(event_orders.moment(whole.since)),
        "until": time(event_orders.moment(whole.until)),
    }
    show_table(("WHAT", "VALUE"), list(rows.items()))
    say(f"{counted(whole.files, 'file')} as written and signed, and none between is missing.")
    if is_copy:
        say("Whether there were newer ones, a copy does not tell: verify the stack for that.")


COMMANDS: Mapping[str, Command] = {"verify-trail": verify_trail}
