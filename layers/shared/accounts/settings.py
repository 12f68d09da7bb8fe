"""What may differ between deployments. ``template.yaml`` gives every value, this none."""

import functools
import os
import re
from collections.abc import Callable, Mapping
from dataclasses import fields
from typing import Annotated, Any, Literal, Self, TypeVar, get_args

from accounts.records import Record

Language = Literal["en", "ru"]
SigningMode = Literal["kms", "cached"]


class SettingsError(Exception):
    """The environment lacks a setting or holds one that cannot be used; the text names each."""


def _text(value: str) -> str:
    if not value:
        raise SettingsError("Must not be empty")
    return value


def _web_address(value: str) -> str:
    if not re.fullmatch(r"(https?://.*[^/])?", value):
        raise SettingsError("Must be empty, or a web address without a slash at its end")
    return value


def _one_of(values: Any) -> Callable[[str], str]:  # noqa: ANN401 - what Literal makes is no type
    def read(value: str) -> str:
        if value not in get_args(values):
            raise SettingsError(f"Must be one of {', '.join(get_args(values))}")
        return value

    return read


def _origins(value: str) -> frozenset[str]:
    origin = r"[a-z][a-z0-9+.-]*:[^ ,]+"
    if not re.fullmatch(rf"({origin}(,{origin})*)?", value):
        raise SettingsError("Must be origins, with commas between")
    return frozenset(filter(None, value.split(",")))


def _colour(value: str) -> str:
    if not re.fullmatch(r"(#[0-9a-fA-F]{6})?", value):
        raise SettingsError("Must be empty, or a colour such as #1f6feb")
    return value


def _flag(value: str) -> bool:
    if value not in ("true", "false"):
        raise SettingsError("Must be true or false")
    return value == "true"


def _whole_number(least: int, most: int | None = None) -> Callable[[str], int]:
    def read(value: str) -> int:
        # where int() would also take 1_0, +1 and digits of other scripts
        if not re.fullmatch(r"-?[0-9]{1,18}", value):
            raise SettingsError("Must be a whole number")
        if int(value) < least:
            raise SettingsError(f"Must be at least {least}")
        if most is not None and int(value) > most:
            raise SettingsError(f"Must be at most {most}")
        return int(value)

    return read


def _digests(value: str) -> frozenset[str]:
    if not re.fullmatch(r"([0-9a-f]{32}(,[0-9a-f]{32})*)?", value):
        raise SettingsError("Must be digests of 32 hexadecimal digits, with commas between")
    return frozenset(filter(None, value.split(",")))


def _truth(value: str) -> bool:
    if value not in ("false", "true"):
        raise SettingsError("Must be false or true")
    return value == "true"


# a type, and what reads its values off the text of an environment variable
_Text = Annotated[str, _text]
_MaybeEmpty = Annotated[str, str]
_Positive = Annotated[int, _whole_number(least=1)]
_NotNegative = Annotated[int, _whole_number(least=0)]


class _Section(Record):
    """Settings that are read together, from environment variables of the same names."""

    @classmethod
    def load(cls, environment: Mapping[str, str]) -> Self:
        """Read the settings from ``environment``.

        Raises:
            SettingsError: a variable is missing or unusable; every such one is named.
        """
        values: dict[str, Any] = {}
        problems = []
        for field in fields(cls):
            try:
                values[field.name] = _read(field.type, environment.get(field.name.upper()))
            except SettingsError as error:
                problems.append(f"{field.name.upper()}: {error}")
        # raised out here, so that its context does not hold what was read
        if problems:
            raise SettingsError("; ".join(problems))
        return cls(**values)


_AnySection = TypeVar("_AnySection", bound=_Section)


class Settings(_Section):
    """What every function is given. Lambda has 4,096 bytes for it: the rest is in sections."""

    issuer: _Text
    # whose tokens verify, too
    former_issuer: _Text
    audience: _Text
    # these three are empty in the function that makes them
    token_jwks: _MaybeEmpty
    signing_kid: _MaybeEmpty
    log_key: _MaybeEmpty
    signing_key_id: _Text
    password_key_id: _Text
    users_table: _Text
    user_emails_table: _Text
    roles_table: _Text
    user_sessions_table: _Text
    login_attempts_table: _Text
    one_time_tokens_table: _Text
    access_token_seconds: _Positive
    refresh_idle_seconds: _Positive
    session_seconds: _Positive
    service_token_seconds: _Positive
    sessions_per_user: _Positive
    refresh_grace_seconds: _NotNegative
    activity_seconds: _NotNegative
    recent_proof_seconds: _Positive
    reset_token_seconds: _Positive
    invitation_seconds: _Positive
    email_token_seconds: _Positive
    undo_token_seconds: _Positive
    confirm_emails: Annotated[bool, _flag]
    self_sign_up: Annotated[bool, _flag]
    mail_queue_url: _MaybeEmpty
    new_device_notices: Annotated[bool, _flag]
    email_codes: Annotated[bool, _flag]
    own_profile: Annotated[bool, _flag]
    own_email: Annotated[bool, _flag]
    own_deletion: Annotated[bool, _flag]
    mail_service_name: _MaybeEmpty
    default_language: Annotated[Language, _one_of(Language)]
    audit_events_table: _Text
    audit_days: _Positive
    password_min_length: _Positive
    # empty means that nobody is asked
    breached_passwords_url: Annotated[str, _web_address]
    # empty likewise; and the name of a parameter of SSM's
    bot_check_url: Annotated[str, _web_address]
    bot_check_secret: _MaybeEmpty
    bcrypt_cost: Annotated[int, _whole_number(least=4, most=31)]
    # of the secrets that a proxy may prove itself by; without any, no proxy is believed
    trusted_proxy: Annotated[frozenset[str], _digests]
    require_proxy: Annotated[bool, _truth]


class MailSettings(_Section):
    """What the function that sends mails is given besides."""

    mail_from: _Text
    reset_page_url: _Text


class SigningSettings(_Section):
    """What the functions that issue tokens are given besides."""

    signing_mode: Annotated[SigningMode, _one_of(SigningMode)]
    # empty where all keys sign in KMS
    key_pairs_table: _MaybeEmpty


class IdempotencySettings(_Section):
    """What the functions that remember what they have done already are given besides."""

    idempotency_table: _Text


class IssuingSettings(_Section):
    """What the functions that make tokens for people are given besides."""

    role_cache_seconds: _NotNegative


class FactorSettings(_Section):
    """What the functions that look at second factors are given besides."""

    second_factors_table: _Text


class TotpSettings(_Section):
    """What the functions that seal and open the secrets of authenticator apps are given besides."""

    factor_key_id: _Text


class ContractSettings(_Section):
    """What the functions that show the contract are given besides."""

    serve_openapi: Annotated[bool, _flag]
    serve_docs: Annotated[bool, _flag]


class PagesSettings(_Section):
    """What the function that serves the pages is given besides."""

    pages: Annotated[bool, _flag]
    # these five are empty where the deployer says nothing of it
    pages_name: _MaybeEmpty
    pages_logo: Annotated[str, _web_address]
    pages_colour: Annotated[str, _colour]
    terms_url: _MaybeEmpty
    privacy_url: _MaybeEmpty
    # where a sign-in may lead back to, besides the pages themselves
    return_to: Annotated[frozenset[str], _origins]
    # whether there are webhooks to manage
    events: Annotated[bool, _flag]


class SearchSettings(_Section):
    """What the functions that search people, or change whom one finds, are given besides."""

    search_words_table: _Text


class PasskeySettings(_Section):
    """What the functions that have passkeys made or used are given besides."""

    # empty means that there are none here
    passkey_rp_id: _MaybeEmpty
    passkey_origins: Annotated[frozenset[str], _origins]


class EventSettings(_Section):
    """What the functions that have to do with events and webhooks are given besides."""

    events: Annotated[bool, _flag]
    webhooks_table: _Text
    # these two are empty where events are off
    webhook_queue_url: _MaybeEmpty
    event_bus: _MaybeEmpty
    # of this machine alone, without TLS: for who tries it there
    webhooks_on_loopback: Annotated[bool, _flag]


class TrailSettings(_Section):
    """What the function that exports the trail is given besides."""

    trail_bucket: _Text
    trail_heads_table: _Text
    trail_key_id: _Text


@functools.cache
def current() -> Settings:
    """Return this process's settings, read from its environment once.

    Raises:
        SettingsError: see :meth:`Settings.load`.
    """
    return Settings.load(os.environ)


def _read_once(section: type[_AnySection]) -> Callable[[], _AnySection]:
    """Return what reads a section as :func:`current` does; it fails where it is not given."""
    return functools.cache(lambda: section.load(os.environ))


mail = _read_once(MailSettings)
issuing = _read_once(IssuingSettings)
signing = _read_once(SigningSettings)
idempotency = _read_once(IdempotencySettings)
factors = _read_once(FactorSettings)
totp = _read_once(TotpSettings)
contract = _read_once(ContractSettings)
pages = _read_once(PagesSettings)
search = _read_once(SearchSettings)
passkeys = _read_once(PasskeySettings)
events = _read_once(EventSettings)
trail = _read_once(TrailSettings)


def service_name() -> str | None:
    """Return what the log calls the service, which it does even if the settings are no good."""
    return os.environ.get("POWERTOOLS_SERVICE_NAME")


def trace_id() -> str | None:
    """Return X-Ray's id of the invocation, if that is traced."""
    # Root=<id>;Parent=<id>;Sampled=<flag>, with more to come
    root, *rest = os.environ.get("_X_AMZN_TRACE_ID", "").split(";")
    return root.removeprefix("Root=") if "Sampled=1" in rest else None


def _read(kind: Any, value: str | None) -> object:  # noqa: ANN401 - what Annotated makes is no type
    if value is None:
        raise SettingsError("Field required")
    _, read = get_args(kind)
    return read(value)
