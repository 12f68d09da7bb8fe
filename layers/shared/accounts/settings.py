"""What may differ between deployments. ``template.yaml`` gives every value, this none."""

import functools
import os
from collections.abc import Mapping
from typing import Literal, Self

from pydantic import BaseModel, ConfigDict, Field, ValidationError


class SettingsError(Exception):
    """The environment lacks a setting or holds one that cannot be used; the text names each."""


class Settings(BaseModel):
    """The settings of one deployment, read from environment variables of the same names."""

    model_config = ConfigDict(frozen=True, hide_input_in_errors=True)

    issuer: str = Field(min_length=1)
    audience: str = Field(min_length=1)
    # these two are empty in the function that makes them
    token_jwks: str
    signing_kid: str
    signing_key_id: str = Field(min_length=1)
    password_key_id: str = Field(min_length=1)
    users_table: str = Field(min_length=1)
    user_emails_table: str = Field(min_length=1)
    roles_table: str = Field(min_length=1)
    user_sessions_table: str = Field(min_length=1)
    login_attempts_table: str = Field(min_length=1)
    one_time_tokens_table: str = Field(min_length=1)
    access_token_seconds: int = Field(gt=0)
    refresh_idle_seconds: int = Field(gt=0)
    session_seconds: int = Field(gt=0)
    service_token_seconds: int = Field(gt=0)
    sessions_per_user: int = Field(gt=0)
    refresh_grace_seconds: int = Field(ge=0)
    activity_seconds: int = Field(ge=0)
    reset_token_seconds: int = Field(gt=0)
    invitation_seconds: int = Field(gt=0)
    mail_queue_url: str
    mail_from: str
    mail_service_name: str
    reset_page_url: str
    default_language: Literal["en", "ru"]
    idempotency_table: str
    audit_events_table: str = Field(min_length=1)
    audit_days: int = Field(gt=0)
    password_min_length: int = Field(gt=0)
    # empty means that nobody is asked
    breached_passwords_url: str = Field(pattern=r"^(https?://.*[^/])?$")
    bcrypt_cost: int = Field(ge=4, le=31)

    @classmethod
    def load(cls, environment: Mapping[str, str]) -> Self:
        """Read the settings from ``environment``.

        Raises:
            SettingsError: a variable is missing or unusable; every such one is named.
        """
        names = {name: name.upper() for name in cls.model_fields}
        given = {name: environment[key] for name, key in names.items() if key in environment}
        try:
            return cls.model_validate(given)
        except ValidationError as error:
            problems = (f"{str(e['loc'][0]).upper()}: {e['msg']}" for e in error.errors())
            raise SettingsError("; ".join(problems)) from None


@functools.cache
def current() -> Settings:
    """Return this process's settings, read from its environment once.

    Raises:
        SettingsError: see :meth:`Settings.load`.
    """
    return Settings.load(os.environ)
