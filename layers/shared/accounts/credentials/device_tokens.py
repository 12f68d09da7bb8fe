"""Known devices: where the account's owner has logged in from before.

OWASP, "Slow Down Online Guessing Attacks with Device Cookies": who shows a device token has
failures of their own, so nobody else's keep them out. It opens nothing: stolen, it lets its
holder guess, more and more slowly, and a hundred failures in a row end it.

A token is 256 random bits that the account keeps a digest of: beside the account, so that a
deleted account takes them along, and a log-in writes there anyway. A client that never shows
again what it was given gets a new token at each log-in; those may only crowd out one another,
never a device that came back.
"""

import hashlib
import re
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta

from pynamodb.expressions.update import Action

from accounts import clock
from accounts.credentials import opaque
from accounts.storage.tables import User

DAYS = 400
# of each sort
DEVICES_PER_USER = 10
# 128 bits: nobody finds a second token to a digest
_DIGEST_BYTES = 16
_TOKEN = re.compile(r"dt\.[A-Za-z0-9_-]{43}")

_Devices = Mapping[str, int]


def digest(token: str | None) -> str | None:
    """Return what is kept of a device token; of what cannot be one, None."""
    if token is None or not _TOKEN.fullmatch(token):
        return None
    raw = hashlib.sha256(token.encode()).digest()[:_DIGEST_BYTES]
    return opaque.base64url(raw)


def is_known(user: User | None, device: str | None) -> bool:
    """Say whether the device token with this digest is one of the account's."""
    if user is None or device is None:
        return False
    return device in _live(user.known_devices) or device in _live(user.new_devices)


def welcome(user: User, token: str | None) -> tuple[str, Sequence[Action]]:
    """Return the token of the device that its owner is on, and what that does to the account.

    It is the one that was shown, if the account knows it, and lives on from now.
    """
    known, new = dict(_live(user.known_devices)), dict(_live(user.new_devices))
    device = digest(token)
    if token and device and is_known(user, device):
        known.pop(device, None), new.pop(device, None)
        known[device] = _expiry()
    else:
        token = f"dt.{opaque.new_secret()}"
        new[str(digest(token))] = _expiry()
    actions = [User.known_devices.set(_latest(known)), User.new_devices.set(_latest(new))]
    return token, actions


def devices_of(user: User) -> Sequence[str]:
    """Return the digests of all the device tokens of the account, expired or not."""
    return [*(user.known_devices or {}), *(user.new_devices or {})]


def expiries_of(user: User) -> Sequence[datetime]:
    """Return until when the account knows each of its devices, soonest first."""
    live = {**_live(user.known_devices), **_live(user.new_devices)}
    return [datetime.fromtimestamp(seconds, UTC) for seconds in sorted(live.values())]


def _live(devices: _Devices | None) -> _Devices:
    now = clock.now().timestamp()
    return {device: expires for device, expires in (devices or {}).items() if expires > now}


def _latest(devices: _Devices) -> _Devices:
    return dict(list(devices.items())[-DEVICES_PER_USER:])


def _expiry() -> int:
    return int((clock.now() + timedelta(days=DAYS)).timestamp())
