"""What strangers ask on public paths, and which answers they must not be able to tell apart."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from http import HTTPStatus
from typing import Literal

from accounts.access import email_changes, new_accounts, sessions, waiting_sign_ups
from accounts.access.sessions import Client
from accounts.credentials import log_in_codes, one_time_tokens, opaque, passwords, throttle
from accounts.credentials.one_time_tokens import Kind as TokenKind
from accounts.storage.tables import EmailChange, LoginAttempt, OneTimeToken, User
from accounts.storage.transactions import write

USERS = "/api/v1/public/users"
SIGN_UP = f"{USERS}/sign_up"
CODE = f"{USERS}/login/code"
PASSWORD, WRONG, NEXT = "correct horse battery", "not the password", "violet umbrella 77"
NOBODYS_REFRESH_TOKEN = f"rt.1.{'A' * 22}.{'B' * 43}.{'C' * 43}"
NOBODYS_SECRET = "A" * 43
A_MINUTE = 60
# of what hashes nothing, each round
TURNS = 6


@dataclass(frozen=True)
class Kind:
    """A request, the status it ends in, and how its account's pool stands before it."""

    method: str
    path: str
    body: Mapping[str, str]
    status: int
    # without a hash it takes so little that one time tells nothing
    turns: int = 1
    pool: Literal["clean", "blocked", "spent"] = "clean"


Kinds = Mapping[str, Kind]
Ask = Callable[[Kind], int]


def prepare(ask: Ask) -> Mapping[str, Kinds]:
    """Let everybody sign up, and return what is asked by what must look alike."""
    accounts = {"known": "active", "disabled": "disabled", "blocked": "active", "off": "active"}
    for name, status in accounts.items():
        _sign_up(name, passwords.hashed(PASSWORD)).update([User.status.set(status)])
    _sign_up("invited", None)
    return {
        "wrong log-ins": {
            "wrong password": _log_in("known", 401),
            "unknown account": _log_in("unknown", 401),
            "disabled account": _log_in("disabled", 401, PASSWORD),
            "invited, no password yet": _log_in("invited", 401),
        },
        "log-ins that have to wait": {
            "blocked account": _blocked("blocked", PASSWORD),
            "blocked unknown account": _blocked("blocked-unknown", WRONG),
        },
        "log-ins in vain": {
            "password that is off": replace(_log_in("off", 429, PASSWORD), pool="spent"),
            "as often at an unknown account": replace(_log_in("off-unknown", 429), pool="spent"),
        },
        "refusals of refresh tokens": {
            "refresh of no session": _refresh(NOBODYS_REFRESH_TOKEN),
            "refresh of another's session": _refresh(_token_of_another_family()),
        },
        "forgotten passwords": _mails("forgotten", f"{USERS}/passw/forget_passw"),
        "codes to log in with": _mails("code", f"{USERS}/login/send_code"),
        "sign-ups": {
            "sign-up at a free address": _sign_up_at("free"),
            "sign-up at a taken address": _sign_up_at("known"),
            "at that of a disabled account": _sign_up_at("disabled"),
        },
        "wrong codes": {
            "wrong code": _code(_mailed_challenge("known"), 401),
            "code of nobody's challenge": _code(_challenge(), 401),
        },
        "refusals of challenges": _refusals("challenge", *_challenges(ask)),
        "refusals of sign-up tokens": _refusals("sign-up token", *_sign_up_tokens(ask)),
        "refusals of reset tokens": _refusals("reset token", *_reset_tokens(ask)),
        "refusals of e-mail tokens": _refusals("e-mail token", *_email_tokens(ask)),
        "refusals of undo tokens": _refusals("undo token", *_undo_tokens(ask)),
    }


def count_anew(kinds: Kinds) -> None:
    """Let nobody have failed or signed up yet, but those who are blocked or have no attempts."""
    sign_ups = (kind for kind in kinds.values() if kind.path == SIGN_UP)
    write(*(waiting_sign_ups.clear(kind.body["email"]) for kind in sign_ups))
    for pool in LoginAttempt.scan():
        pool.delete()
    now = datetime.now(UTC)
    for kind in kinds.values():
        if kind.path == CODE and kind.status == HTTPStatus.UNAUTHORIZED:
            _record_of(kind.body["challenge"]).update(
                [
                    OneTimeToken.tries.remove(),
                    OneTimeToken.expires_at.set(now + timedelta(minutes=10)),
                ]
            )
    for kind in kinds.values():
        if kind.pool != "clean":
            pool = throttle.account(kind.body["email"])
            pool.failures = pool.in_a_row = throttle.MOST_IN_A_ROW
            pool.failed_at = now
            pool.blocked_until = now + timedelta(minutes=15 if kind.pool == "blocked" else -1)
            pool.save()


def _log_in(name: str, status: int, password: str = WRONG) -> Kind:
    body = {"email": _email(name), "passw": password}
    return Kind("POST", f"{USERS}/login", body, status)


def _blocked(name: str, password: str) -> Kind:
    return replace(_log_in(name, 429, password), turns=TURNS, pool="blocked")


def _refresh(token: str) -> Kind:
    return Kind("POST", f"{USERS}/refresh", {"refresh_token": token}, 401, TURNS)


def _token_of_another_family() -> str:
    """Return a refresh token whose session is there, with another secret."""
    other = _sign_up("other", None)
    session, token = sessions.new_session(other, Client("192.0.2.1", ""))
    sessions.begin(other, session)
    return str(token._replace(family=opaque.new_secret()))


def _mails(what: str, path: str) -> Kinds:
    """Return the orders of a mail for addresses of every sort."""
    addresses = {
        "a known account": "known",
        "an unknown account": "unknown",
        "a disabled account": "disabled",
        "who is invited": "invited",
    }
    return {
        f"{what}: {whose}": Kind("POST", path, {"email": _email(name)}, 202, TURNS)
        for whose, name in addresses.items()
    }


def _sign_up_at(name: str) -> Kind:
    body = {"email": _email(name), "name": "Newcomer", "passw": PASSWORD}
    return Kind("POST", SIGN_UP, body, 202)


def _code(challenge: str, status: int, code: str = "00000000") -> Kind:
    return Kind("POST", CODE, {"challenge": challenge, "code": code}, status, TURNS)


def _challenge() -> str:
    """Return a challenge as it is for who has no account."""
    challenge = log_in_codes.new_challenge()
    write(challenge.kept)
    return challenge.text


def _mailed_challenge(name: str) -> str:
    return _mailed(_sign_up(f"{name}.by.code", None))[0]


def _mailed(user: User) -> tuple[str, str]:
    challenge = log_in_codes.new_challenge()
    write(challenge.kept)
    place = LoginAttempt(subject=f"code-mail#{user.id}#0")
    return challenge.text, log_in_codes.mail_to(user, challenge.key, place).code


def _challenges(ask: Ask) -> tuple[Callable[[str], Kind], Sequence[str]]:
    used, code = _mailed(_sign_up("absent-minded", None))
    _succeed(ask, _code(used, 200, code))
    expired = _challenge()
    _record_of(expired).update([OneTimeToken.expires_at.set(datetime.now(UTC))])
    return lambda text: _code(text, 410), (f"{TokenKind.LOG_IN}.{NOBODYS_SECRET}", used, expired)


def _record_of(challenge: str) -> OneTimeToken:
    kind, _, secret = challenge.partition(".")
    return OneTimeToken(token=f"{kind}#{opaque.digest(secret)}")


def _sign_up_tokens(ask: Ask) -> tuple[Callable[[str], Kind], Sequence[str]]:
    def use(token: str) -> Kind:
        body = {"email_token": token, "passw": PASSWORD}
        return Kind("PUT", f"{USERS}/email", body, 410, TURNS)

    def mailed(seconds: int) -> str:
        email = _email("newcomer")
        token = one_time_tokens.new(TokenKind.SIGN_UP, None, seconds, email=email)
        write(token.kept)
        return token.text

    used = mailed(A_MINUTE)
    _succeed(ask, _sign_up_at("newcomer"), 202)
    _succeed(ask, use(used))
    return use, (f"{TokenKind.SIGN_UP}.{NOBODYS_SECRET}", used, mailed(-A_MINUTE))


def _reset_tokens(ask: Ask) -> tuple[Callable[[str], Kind], Sequence[str]]:
    def use(token: str) -> Kind:
        body = {"reset_token": token, "passw": NEXT}
        return Kind("PUT", f"{USERS}/passw/set_new_passw", body, 410, TURNS)

    user = _sign_up("forgetful", None)
    used = _token(TokenKind.RESET, user)
    _succeed(ask, use(used))
    return use, _tokens(TokenKind.RESET, user, used)


def _email_tokens(ask: Ask) -> tuple[Callable[[str], Kind], Sequence[str]]:
    def use(token: str) -> Kind:
        return Kind("PUT", f"{USERS}/email", {"email_token": token}, 410, TURNS)

    user = _about_to_move("moving")
    used = _token(TokenKind.EMAIL_CONFIRMATION, user)
    _succeed(ask, use(used))
    return use, _tokens(TokenKind.EMAIL_CONFIRMATION, user, used)


def _undo_tokens(ask: Ask) -> tuple[Callable[[str], Kind], Sequence[str]]:
    def use(token: str) -> Kind:
        return Kind("PUT", f"{USERS}/email/undo", {"undo_token": token}, 410, TURNS)

    user = _about_to_move("returning")
    used = _token(TokenKind.EMAIL_UNDO, user)
    _succeed(ask, use(used))
    return use, _tokens(TokenKind.EMAIL_UNDO, user, used)


def _refusals(name: str, use: Callable[[str], Kind], tokens: Sequence[str]) -> Kinds:
    states = ("unknown", "used", "expired")
    return {f"{state} {name}": use(token) for state, token in zip(states, tokens, strict=True)}


def _tokens(kind: TokenKind, user: User, used: str) -> Sequence[str]:
    return f"{kind}.{NOBODYS_SECRET}", used, _token(kind, user, seconds=-A_MINUTE)


def _token(kind: TokenKind, user: User, seconds: int = A_MINUTE) -> str:
    # PynamoDB has no type for an attribute that may be missing
    pending: EmailChange | None = user.pending_email_change
    email: str | None = pending.email if pending is not None else None
    token = one_time_tokens.new(kind, user.id, seconds, epoch=user.credentials_epoch, email=email)
    write(token.kept)
    return token.text


def _succeed(ask: Ask, kind: Kind, expected: int = 200) -> None:
    if (status := ask(kind)) != expected:
        raise SystemExit(f"{kind.path}: {status} instead of {expected}")


def _about_to_move(name: str) -> User:
    user = _sign_up(name, None)
    change = email_changes.begun(user, _email(f"{name}.on"))
    user.update([User.pending_email_change.set(change)])
    return user


def _sign_up(name: str, password_hash: str | None) -> User:
    user = new_accounts.new_user(_email(name), name, "read_only", password_hash)
    new_accounts.create(user)
    return user


def _email(name: str) -> str:
    return f"{name}@example.com"
