"""The bot check's provider: Cloudflare Turnstile and hCaptcha share a form, called siteverify.

A secret of ours and what the page got are posted; the answer is JSON and says whether that holds,
which it does once. Without an answer nobody passes: what the check stands before sends mail.
"""

import functools
import json
from collections.abc import Collection
from typing import NoReturn
from urllib.parse import urlencode

from botocore.exceptions import BotoCoreError, ClientError

from accounts import aws, clock, invocation, logs, outgoing, settings
from accounts.errors import BotCheckFailedError, UnavailableError

TIMEOUT_SECONDS = 3
MAX_ANSWER_BYTES = 16 * 1024
# for so long a secret that was replaced in SSM may still be the old one here
SECRET_SECONDS = 300
# what it says where the fault is ours, or its own
_NOT_THE_CALLERS = frozenset(
    {
        *("missing-input-secret", "invalid-input-secret", "sitekey-secret-mismatch"),
        *("internal-error", "bad-request"),
    }
)


def require_human(token: str, ip_address: str) -> None:
    """Return if the provider takes the token, which spends it.

    Raises:
        BotCheckFailedError: it does not.
        UnavailableError: it, or SSM, did not answer, or it does not take our secret.
    """
    form = {"secret": _current_secret(), "response": token, "remoteip": ip_address}
    invocation.require_time(TIMEOUT_SECONDS)
    try:
        faults = _faults(_posted(form))
    except outgoing.NO_ANSWER as error:
        # its text may hold anything that was answered
        _give_up(type(error).__name__)
    if not faults:
        return
    if ours := sorted(_NOT_THE_CALLERS & set(faults)):
        # perhaps it is another by now
        _secret.cache_clear()
        _give_up(ours[0])
    raise BotCheckFailedError


def _posted(form: dict[str, str]) -> bytes:
    return outgoing.ask(
        "POST",
        settings.current().bot_check_url,
        headers={
            "content-type": "application/x-www-form-urlencoded",
            "user-agent": "users-service",
        },
        body=urlencode(form).encode(),
        seconds=TIMEOUT_SECONDS,
        most_bytes=MAX_ANSWER_BYTES,
    )


def _faults(answer: bytes) -> Collection[str]:
    """Return what the provider finds fault with; nothing is all that lets anybody pass."""
    try:
        told = json.loads(answer)
    except (ValueError, RecursionError) as error:
        raise outgoing.NotAnAnswerError from error
    if not isinstance(told, dict) or not isinstance(told.get("success"), bool):
        raise outgoing.NotAnAnswerError
    if told["success"]:
        return ()
    codes = told.get("error-codes")
    named = [code for code in codes if isinstance(code, str)] if isinstance(codes, list) else []
    return named or ["unknown"]


def _give_up(reason: str) -> NoReturn:
    logs.degraded("bot_check_failed", reason=reason)
    raise UnavailableError("BotCheck", reason)


def _current_secret() -> str:
    return _secret(int(clock.now().timestamp()) // SECRET_SECONDS)


@functools.lru_cache(maxsize=1)
def _secret(_period: int) -> str:
    invocation.require_time()
    try:
        answer = aws.client("ssm").get_parameter(
            Name=settings.current().bot_check_secret, WithDecryption=True
        )
    except (BotoCoreError, ClientError) as error:
        raise UnavailableError("SSM", aws.reason(error)) from error
    return str(answer["Parameter"]["Value"])
