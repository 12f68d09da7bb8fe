import dataclasses
from collections.abc import Mapping

import pytest

from accounts import settings
from accounts.settings import MailSettings, Settings, SettingsError
from tests.support.deployment import Deployment

NAMES = [field.name.upper() for field in dataclasses.fields(Settings)]


@pytest.fixture
def environment(deployment: Deployment) -> dict[str, str]:
    """What the template gives the functions."""
    return dict(deployment.environment)


def test_template_gives_every_setting(environment: dict[str, str]) -> None:
    loaded = Settings.load(environment)

    assert loaded.audience == "users"
    assert loaded.access_token_seconds == 900
    assert loaded.sessions_per_user == 20


@pytest.mark.parametrize("name", NAMES)
def test_missing_setting_is_named(environment: dict[str, str], name: str) -> None:
    del environment[name]

    with pytest.raises(SettingsError, match=rf"^{name}: Field required$"):
        Settings.load(environment)


def test_every_missing_setting_is_named_at_once() -> None:
    with pytest.raises(SettingsError) as raised:
        Settings.load({})

    named = [problem.partition(":")[0] for problem in str(raised.value).split("; ")]
    assert sorted(named) == sorted(NAMES)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("ISSUER", ""),
        ("AUDIENCE", ""),
        ("SIGNING_KEY_ID", ""),
        ("PASSWORD_KEY_ID", ""),
        ("USERS_TABLE", ""),
        ("ACCESS_TOKEN_SECONDS", "0"),
        ("ACCESS_TOKEN_SECONDS", "-1"),
        ("ACCESS_TOKEN_SECONDS", "soon"),
        ("ACCESS_TOKEN_SECONDS", ""),
        ("ACCESS_TOKEN_SECONDS", "1_000"),
        ("ACCESS_TOKEN_SECONDS", "\u0661"),
        ("ACCESS_TOKEN_SECONDS", "9" * 5000),
        ("SESSIONS_PER_USER", "0"),
        ("SESSIONS_PER_USER", "1.5"),
        ("REFRESH_GRACE_SECONDS", "-1"),
        ("TRUSTED_PROXY", "0123456789ABCDEF0123456789ABCDEF"),
        ("TRUSTED_PROXY", "0123456789abcdef"),
        ("REQUIRE_PROXY", ""),
        ("REQUIRE_PROXY", "yes"),
        ("PASSWORD_MIN_LENGTH", "0"),
        ("BCRYPT_COST", "3"),
        ("BCRYPT_COST", "32"),
        ("DEFAULT_LANGUAGE", "de"),
        ("BREACHED_PASSWORDS_URL", "ftp://example.com"),
        ("BREACHED_PASSWORDS_URL", "https://example.com/"),
    ],
)
def test_setting_that_cannot_be_used_is_named_without_its_value(
    environment: dict[str, str], name: str, value: str
) -> None:
    canary = f"{value}canary" if value == "soon" else value
    environment[name] = canary

    with pytest.raises(SettingsError, match=f"^{name}: ") as raised:
        Settings.load(environment)

    assert "canary" not in str(raised.value)
    assert raised.value.__context__ is None


@pytest.mark.parametrize("url", ["", "https://example.com", "http://127.0.0.1:8000/range"])
def test_breached_passwords_may_be_asked_for_nowhere_or_at_an_address(
    environment: dict[str, str], url: str
) -> None:
    environment["BREACHED_PASSWORDS_URL"] = url

    assert Settings.load(environment).breached_passwords_url == url


def test_section_names_its_own_missing_settings() -> None:
    with pytest.raises(SettingsError, match=r"^MAIL_FROM: Field required; RESET_PAGE_URL: "):
        MailSettings.load({})


def test_function_that_sends_no_mail_is_not_given_what_mails_take(stack: Deployment) -> None:
    names = {field.name.upper() for field in dataclasses.fields(MailSettings)}
    given = {f.logical_id for f in stack.functions if names & set(f.environment)}

    assert given == {"SendMail"}


def test_other_variables_do_not_matter(environment: Mapping[str, str]) -> None:
    assert vars(Settings.load({**environment, "EXTRA": "1"})) == vars(Settings.load(environment))


def test_environment_is_read_once(stack: Deployment, monkeypatch: pytest.MonkeyPatch) -> None:
    before = settings.current()
    monkeypatch.setenv("AUDIENCE", "another")

    assert settings.current() is before


def test_failure_to_read_it_is_not_remembered(
    stack: Deployment, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.current.cache_clear()
    with monkeypatch.context() as broken:
        broken.delenv("AUDIENCE")
        with pytest.raises(SettingsError):
            settings.current()

    assert settings.current().audience == "users"


def test_trace_is_the_root_of_what_lambda_tells(monkeypatch: pytest.MonkeyPatch) -> None:
    told = "Root=1-5759e988-bd862e3f;Parent=53995c3f;Sampled=1;Lineage=1:a87bd80c:0"
    monkeypatch.setenv("_X_AMZN_TRACE_ID", told)

    assert settings.trace_id() == "1-5759e988-bd862e3f"


@pytest.mark.parametrize("told", [None, "", "Root=1-5759e988-bd862e3f;Parent=5399;Sampled=0"])
def test_an_invocation_that_is_not_traced_has_none(
    monkeypatch: pytest.MonkeyPatch, told: str | None
) -> None:
    monkeypatch.delenv("_X_AMZN_TRACE_ID", raising=False)
    if told is not None:
        monkeypatch.setenv("_X_AMZN_TRACE_ID", told)

    assert settings.trace_id() is None
