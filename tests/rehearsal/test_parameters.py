"""Each parameter, changed on a stack that runs: what it says changes, and nothing is made anew."""

import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

import pytest

from infra.local.template.pseudo_parameters import ACCOUNT_ID
from tests.support import expansion
from tests.support.rehearsal.rehearsal import Rehearsal

pytestmark = pytest.mark.rehearsal

CERTIFICATE = f"arn:aws:acm:us-east-1:{ACCOUNT_ID}:certificate/12345678"
TOPIC = f"arn:aws:sns:us-east-1:{ACCOUNT_ID}:alarms"
HCAPTCHA = "https://api.hcaptcha.com/siteverify"
TABLES = {
    "AuditEventsTable",
    "IdempotencyTable",
    "LoginAttemptsTable",
    "OneTimeTokensTable",
    "RolesTable",
    "SearchWordsTable",
    "SecondFactorsTable",
    "UserEmailsTable",
    "UserSessionsTable",
    "UsersTable",
    "WebhooksTable",
}


@dataclass(frozen=True)
class Change:
    """Parameters that are set together, and what must come of it.

    ``environment`` is what functions are given of it, those that are given it at all; a change
    that gives functions something has all of them go on with a new version. ``others`` are the
    resources beside functions, versions and aliases that change or come, ``replaced`` those of
    them that are made anew. With ``roles`` all roles of functions change too.
    """

    parameters: Mapping[str, str]
    environment: Mapping[str, str] = field(default_factory=dict)
    others: frozenset[str] | set[str] = frozenset()
    versions: bool = True
    replaced: frozenset[str] | set[str] = frozenset()
    roles: bool = False


def _setting(parameter: str, value: str, variable: str) -> Change:
    return Change({parameter: value}, {variable: value})


CHANGES = [
    _setting("Issuer", "https://users.example.com", "ISSUER"),
    _setting("FormerIssuer", "https://accounts.example.com", "FORMER_ISSUER"),
    _setting("Audience", "others", "AUDIENCE"),
    _setting("AccessTokenSeconds", "600", "ACCESS_TOKEN_SECONDS"),
    _setting("RefreshIdleSeconds", "3600", "REFRESH_IDLE_SECONDS"),
    _setting("SessionSeconds", "7200", "SESSION_SECONDS"),
    _setting("ServiceTokenSeconds", "3600", "SERVICE_TOKEN_SECONDS"),
    _setting("SessionsPerUser", "5", "SESSIONS_PER_USER"),
    _setting("RefreshGraceSeconds", "0", "REFRESH_GRACE_SECONDS"),
    _setting("RoleCacheSeconds", "0", "ROLE_CACHE_SECONDS"),
    _setting("ActivitySeconds", "60", "ACTIVITY_SECONDS"),
    _setting("ResetTokenSeconds", "1800", "RESET_TOKEN_SECONDS"),
    _setting("RecentProofSeconds", "300", "RECENT_PROOF_SECONDS"),
    _setting("EmailTokenSeconds", "7200", "EMAIL_TOKEN_SECONDS"),
    _setting("UndoTokenSeconds", "86400", "UNDO_TOKEN_SECONDS"),
    _setting("ConfirmEmails", "true", "CONFIRM_EMAILS"),
    _setting("SelfSignUp", "true", "SELF_SIGN_UP"),
    _setting("OwnProfile", "false", "OWN_PROFILE"),
    _setting("OwnEmail", "false", "OWN_EMAIL"),
    _setting("OwnDeletion", "false", "OWN_DELETION"),
    _setting("InvitationSeconds", "7200", "INVITATION_SECONDS"),
    _setting("NewDeviceNotices", "true", "NEW_DEVICE_NOTICES"),
    Change({"EmailCodes": "true"}, {"EMAIL_CODES": "true"}, {"SendMailRole"}),
    Change(
        {"PasskeyRpId": "example.com", "PasskeyOrigins": "https://app.example.com"},
        {"PASSKEY_RP_ID": "example.com", "PASSKEY_ORIGINS": "https://app.example.com"},
    ),
    _setting("MailServiceName", "Accounts", "MAIL_SERVICE_NAME"),
    _setting("ResetPageUrl", "https://app.example.com/reset", "RESET_PAGE_URL"),
    _setting("DefaultLanguage", "ru", "DEFAULT_LANGUAGE"),
    _setting("AuditDays", "30", "AUDIT_DAYS"),
    _setting("PasswordMinLength", "15", "PASSWORD_MIN_LENGTH"),
    _setting("BreachedPasswordsUrl", "https://pwned.example.com/range", "BREACHED_PASSWORDS_URL"),
    Change(
        {"BotCheckUrl": HCAPTCHA, "BotCheckSecret": "/users/bot-check"},
        {"BOT_CHECK_URL": HCAPTCHA, "BOT_CHECK_SECRET": "/users/bot-check"},
        {"Boundary", "SignUpRole"},
    ),
    _setting("BcryptCost", "13", "BCRYPT_COST"),
    # the page of the contract is of no use without it
    Change({"ServeDocs": "true"}, {"SERVE_DOCS": "true", "SERVE_OPENAPI": "true"}),
    _setting("Pages", "false", "PAGES"),
    _setting("PagesName", "Accounts", "PAGES_NAME"),
    _setting("PagesLogo", "https://cdn.example.com/logo.svg", "PAGES_LOGO"),
    _setting("PagesColour", "#1f6feb", "PAGES_COLOUR"),
    _setting("TermsUrl", "https://example.com/terms", "TERMS_URL"),
    _setting("PrivacyUrl", "https://example.com/privacy", "PRIVACY_URL"),
    _setting("ReturnTo", "https://app.example.com", "RETURN_TO"),
    _setting("TrustedProxy", "0123456789abcdef" * 2, "TRUSTED_PROXY"),
    _setting("RequireProxy", "true", "REQUIRE_PROXY"),
    Change({"MailFrom": "users@example.com"}, {"MAIL_FROM": "users@example.com"}, {"SendMailRole"}),
    Change({"SecondFactorFor": "administrator,methodist"}),
    Change({"Republish": "1"}),
    Change({"SnapStart": "true"}),
    Change({"Architecture": "x86_64"}, others={"SharedLayer"}, replaced={"SharedLayer"}),
    Change({"Tracing": "Active"}, roles=True),
    Change({"SystemLogLevel": "INFO"}),
    Change(
        {"OperatorArn": f"arn:aws:iam::{ACCOUNT_ID}:role/operator"},
        others={"FactorKey", "PasswordKey", "SigningKeyA"},
        versions=False,
    ),
    # served in prod as well, which by default it is not
    Change({"Stage": "prod", "ServeOpenApi": "true"}, others=TABLES, versions=False),
    Change({"AllowedOrigins": "https://app.example.com"}, others={"Api"}, versions=False),
    Change({"ThrottleRate": "50"}, others={"ApiApiGatewayDefaultStage"}, versions=False),
    Change({"ThrottleBurst": "60"}, others={"ApiApiGatewayDefaultStage"}, versions=False),
    Change({"LogRetentionDays": "30"}, others={"AccessLogs", "Logs"}, versions=False),
    Change({"HashingConcurrency": "20"}, versions=False),
    Change({"TrafficShift": "Canary10Percent15Minutes"}, versions=False),
    Change({"RollBackOnAlarm": "false"}, versions=False),
    Change(
        {"AlarmTopicArn": TOPIC},
        others={"CrashesAlarm", "Operations", "ServerErrorsAlarm"},
        versions=False,
    ),
    Change(
        # what goes by the name does so where nothing else is said
        {
            "DomainName": "users.example.com",
            "CertificateArn": CERTIFICATE,
            "HostedZoneId": "Z0",
            "PasskeyRpId": "",
            "PasskeyOrigins": "",
            "ResetPageUrl": "",
        },
        {
            "ISSUER": "https://users.example.com",
            "PASSKEY_RP_ID": "users.example.com",
            "PASSKEY_ORIGINS": "https://users.example.com",
            "RESET_PAGE_URL": "https://users.example.com/account",
        },
        others={"Domain", "DomainMapping", "DomainRecords"},
    ),
]
# SAM gives these another logical id with another content
DIGEST = re.compile(r"[0-9a-f]{10}$")
# test_keys.py has these
OF_KEYS = {
    "ActiveSigningKey": "B",
    "SigningAlgorithm": "RS256",
    "SigningMode": "cached",
    "PublishBothSigningKeys": "true",
    "ReplacePasswordKey": "true",
}
# test_events.py has this
OF_EVENTS = {"Events": "true"}
# test_trail.py has these
OF_TRAIL = {"TrailExport": "true", "TrailLockDays": "30"}
FUNCTION = "AWS::Lambda::Function"
OF_FUNCTIONS = (
    "AWS::CodeDeploy::DeploymentGroup",
    "AWS::Lambda::Alias",
    FUNCTION,
    "AWS::Lambda::Version",
    "Custom::PrepareStack",
)


@pytest.fixture(scope="module")
def running(new_stack: Callable[..., Rehearsal]) -> Rehearsal:
    """A stack that is changed bit by bit."""
    rehearsal = new_stack()
    rehearsal.deploy()
    return rehearsal


def test_every_parameter_is_changed(running: Rehearsal) -> None:
    # what is empty is set back, after another change or before one
    changed = [name for change in CHANGES for name, value in change.parameters.items() if value]

    assert len(changed) == len(set(changed))
    assert {*changed, *OF_KEYS, *OF_EVENTS, *OF_TRAIL} == set(running.template["Parameters"])


def test_sam_itself_goes_by_few_parameters(running: Rehearsal) -> None:
    others = {
        name: value
        for change in (*CHANGES, Change(OF_KEYS), Change(OF_EVENTS), Change(OF_TRAIL))
        for name, value in change.parameters.items()
        if name not in expansion.SEEN_BY_SAM
    }

    of_none, of_all = (
        json.dumps(expansion.transformed(running.template, parameters))
        for parameters in ({}, others)
    )

    assert of_all == of_none


@pytest.mark.parametrize("change", CHANGES, ids=lambda change: "+".join(change.parameters))
def test_change_reaches_what_it_says_and_replaces_nothing(
    running: Rehearsal, change: Change
) -> None:
    before, were = dict(running.stack.resources), running.live()

    running.deploy(**change.parameters)

    after, are = running.stack.resources, running.live()
    assert are.environments == {
        name: {**of, **{it: change.environment[it] for it in change.environment if it in of}}
        for name, of in were.environments.items()
    }
    assert set(change.environment) <= {it for of in were.environments.values() for it in of}
    assert are.moved_since(were) == (set(were.versions) if change.versions else set())
    of_functions = {name for kind in OF_FUNCTIONS for name in running.ids(kind)}
    touched = {name for name, made in after.items() if made is not before.get(name)}
    roles = set(running.ids("AWS::IAM::Role")) - {"CodeDeployServiceRole"}
    others = change.others | (roles if change.roles else set())
    assert {DIGEST.sub("", name) for name in touched - of_functions} == others
    replaced = {
        name
        for name in set(before) & set(after)
        if after[name].physical_id != before[name].physical_id
    }
    replaced -= set(running.ids("AWS::Lambda::Version"))
    assert {DIGEST.sub("", name) for name in replaced} == change.replaced
    gone = {DIGEST.sub("", name) for name in set(before) - set(after)}
    assert gone <= {"SharedLayer", *(f"{name}Version" for name in running.ids(FUNCTION))}
    assert running.stack.retained("AWS::DynamoDB::Table") == []
    assert running.stack.retained("AWS::KMS::Key") == []


def test_tables_of_prod_are_protected(running: Rehearsal) -> None:
    running.deploy(Stage="prod")

    for table in TABLES:
        assert running.stack.resources[table].properties["DeletionProtectionEnabled"] is True
