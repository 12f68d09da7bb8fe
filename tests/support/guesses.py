"""Log-ins with wrong passwords, and what they leave behind."""

from collections.abc import Mapping

from accounts.storage.tables import LoginAttempt
from tests.support.answers import Answer
from tests.support.api import Api
from tests.support.register import LOG_IN

FREE = 5
WRONG = "not the password"
UNKNOWN = "nobody@example.com"


def log_in(
    api: Api,
    email: str,
    passw: str = WRONG,
    headers: Mapping[str, str] | None = None,
    device_token: str | None = None,
) -> Answer:
    """Try to log in, from a known device if there is a token."""
    device = {"device_token": device_token} if device_token else {}
    body = {"email": email, "passw": passw, **device}
    return api.call(*LOG_IN.at(), json=body, headers=headers)


def guess(api: Api, email: str, times: int = 1) -> list[int]:
    """Try wrong passwords and return the statuses."""
    return [log_in(api, email).status for _ in range(times)]


def lock(api: Api, email: str) -> None:
    """Fail until the account is locked, for the first time and so for two seconds."""
    assert guess(api, email, FREE + 1) == [401] * (FREE + 1)


def record(kind: str) -> LoginAttempt | None:
    """Return what is kept of the one account, address, device or session that failed, or None."""
    of_kind = [pool for pool in LoginAttempt.scan() if pool.subject.startswith(f"{kind}#")]
    kept = [pool for pool in of_kind if pool.failures or pool.in_a_row]
    assert len(kept) <= 1
    return kept[0] if kept else None


def failures(kind: str) -> int:
    """Return how often the one ``account`` or ``address`` failed."""
    kept = record(kind)
    return kept.failures if kept else 0


def in_a_row(kind: str) -> int:
    """Return how often the one ``account`` or ``device`` failed since the owner logged in."""
    kept = record(kind)
    return kept.in_a_row if kept else 0


def pretend(kind: str, times: int) -> None:
    """Let the one ``account`` or ``address`` that failed have failed so often."""
    kept = record(kind)
    assert kept is not None
    kept.update([LoginAttempt.failures.set(times), LoginAttempt.in_a_row.set(times)])
