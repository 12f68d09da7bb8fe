"""What each function may do: no more than it has to, and all that it has to."""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import partial
from typing import Any

import pytest
from samtranslator.translator.transform import (  # type: ignore[import-untyped] # ships no types
    transform,
)
from samtranslator.yaml_helper import yaml_parse  # type: ignore[import-untyped] # ships no types

from accounts.tables import Role
from infra.local import ROOT
from tests import people
from tests.aws_calls import AwsCalls
from tests.deployment import Deployment
from tests.endpoints import (
    ALL,
    CHANGE_PASSWORD,
    END_OTHER_SEANCES,
    ISSUE_RESET_TOKEN,
    ISSUE_SERVICE_TOKEN,
    LIST_USERS,
    LOG_IN,
    REFRESH,
    RESET_PASSWORD,
    SIGN_UP,
    UPDATE_USER,
    Endpoint,
    Scene,
)

# both keys of a rotation, of which there is one most of the time
SIGNING = {"SigningKeyA": "Sign", "SigningKeyB": "Sign"}
HASHING = {"PasswordKey": "GenerateMac", "NewPasswordKey": "GenerateMac"}

# by function and resource: the actions
POLICIES = {
    "LogIn": {
        "AuditEventsTable": "PutItem",
        "LoginAttemptsTable": "BatchGetItem DeleteItem GetItem UpdateItem",
        **HASHING,
        "RolesTable": "GetItem",
        **SIGNING,
        "UserEmailsTable": "BatchGetItem",
        "UserSessionsTable": "DeleteItem PutItem Query",
        "UsersTable": "GetItem UpdateItem",
    },
    "RefreshTokens": {
        "AuditEventsTable": "PutItem",
        "LoginAttemptsTable": "UpdateItem",
        "RolesTable": "GetItem",
        **SIGNING,
        "UserSessionsTable": "DeleteItem GetItem UpdateItem",
    },
    "ForgetPassword": {
        "LoginAttemptsTable": "UpdateItem",
        "MailQueue": "SendMessage",
    },
    "Health": {},
    "Jwks": {},
    "NoSuchRoute": {},
    "LogOut": {
        "AuditEventsTable": "PutItem",
        "UserSessionsTable": "DeleteItem GetItem UpdateItem",
    },
    "ShowSeances": {
        "UserSessionsTable": "GetItem Query UpdateItem",
    },
    "AnyUsers": {
        "UserSessionsTable": "GetItem UpdateItem",
    },
    "EndSeance": {
        "AuditEventsTable": "PutItem",
        "UserSessionsTable": "DeleteItem GetItem UpdateItem",
    },
    "EndOtherSeances": {
        "AuditEventsTable": "PutItem",
        "UserSessionsTable": "ConditionCheckItem DeleteItem GetItem Query UpdateItem",
    },
    "ChangePassword": {
        "AuditEventsTable": "PutItem",
        "LoginAttemptsTable": "DeleteItem GetItem UpdateItem",
        "MailQueue": "SendMessage",
        **HASHING,
        "UserSessionsTable": "ConditionCheckItem DeleteItem GetItem UpdateItem",
        "UsersTable": "GetItem UpdateItem",
    },
    "RegistrationUser": {
        "AuditEventsTable": "PutItem",
        "IdempotencyTable": "DeleteItem GetItem PutItem UpdateItem",
        "MailQueue": "SendMessage",
        **HASHING,
        "RolesTable": "GetItem UpdateItem",
        "UserEmailsTable": "GetItem PutItem",
        "UserSessionsTable": "GetItem UpdateItem",
        "UsersTable": "GetItem PutItem",
    },
    "ResetPassword": {
        "AuditEventsTable": "PutItem",
        "LoginAttemptsTable": "DeleteItem UpdateItem",
        "MailQueue": "SendMessage",
        **HASHING,
        "RolesTable": "GetItem",
        "UserSessionsTable": "DeleteItem GetItem UpdateItem",
        "UsersTable": "GetItem UpdateItem",
    },
    "IssueResetToken": {
        "AuditEventsTable": "PutItem",
        "IdempotencyTable": "DeleteItem GetItem PutItem UpdateItem",
        "RolesTable": "GetItem",
        "UserEmailsTable": "GetItem",
        "UserSessionsTable": "GetItem UpdateItem",
        "UsersTable": "GetItem UpdateItem",
    },
    "ListUsers": {
        "UsersTable/index/*": "Query",
        "RolesTable": "GetItem",
        "UserSessionsTable": "GetItem UpdateItem",
        "UsersTable": "Scan",
    },
    "ShowUser": {
        "RolesTable": "GetItem",
        "UserSessionsTable": "GetItem UpdateItem",
        "UsersTable": "GetItem",
    },
    "UpdateUser": {
        "AuditEventsTable": "PutItem",
        "LoginAttemptsTable": "DeleteItem",
        "RolesTable": "GetItem UpdateItem",
        "UserEmailsTable": "DeleteItem PutItem",
        "UserSessionsTable": "ConditionCheckItem DeleteItem GetItem Query UpdateItem",
        "UsersTable": "GetItem UpdateItem",
    },
    "DeleteUser": {
        "AuditEventsTable": "PutItem Query UpdateItem",
        "AuditEventsTable/index/by_actor": "Query",
        "LoginAttemptsTable": "DeleteItem",
        "RolesTable": "GetItem UpdateItem",
        "UserEmailsTable": "DeleteItem",
        "UserSessionsTable": "ConditionCheckItem DeleteItem GetItem UpdateItem",
        "UsersTable": "DeleteItem GetItem",
    },
    "ShowUserSeances": {
        "RolesTable": "GetItem",
        "UserSessionsTable": "GetItem Query UpdateItem",
        "UsersTable": "GetItem",
    },
    "EndUserSeances": {
        "AuditEventsTable": "PutItem",
        "RolesTable": "GetItem",
        "UserSessionsTable": "DeleteItem GetItem Query UpdateItem",
        "UsersTable": "GetItem",
    },
    "ShowAudit": {
        "AuditEventsTable": "Query",
        "RolesTable": "GetItem",
        "UserSessionsTable": "GetItem UpdateItem",
    },
    "ListRoles": {
        "RolesTable": "GetItem Scan",
        "UserSessionsTable": "GetItem UpdateItem",
    },
    "SaveRole": {
        "AuditEventsTable": "PutItem",
        "RolesTable": "GetItem UpdateItem",
        "UserSessionsTable": "ConditionCheckItem GetItem UpdateItem",
    },
    "DeleteRole": {
        "AuditEventsTable": "PutItem",
        "RolesTable": "DeleteItem GetItem",
        "UserSessionsTable": "ConditionCheckItem GetItem UpdateItem",
    },
    "IssueServiceToken": {
        "AuditEventsTable": "PutItem",
        "IdempotencyTable": "DeleteItem GetItem PutItem UpdateItem",
        "RolesTable": "GetItem UpdateItem",
        **SIGNING,
        "UserEmailsTable": "GetItem PutItem",
        "UserSessionsTable": "DeleteItem GetItem PutItem Query UpdateItem",
        "UsersTable": "GetItem PutItem UpdateItem",
    },
    "SendMail": {
        "AuditEventsTable": "PutItem",
        "IdempotencyTable": "DeleteItem GetItem PutItem UpdateItem",
        "LoginAttemptsTable": "UpdateItem",
        "UserEmailsTable": "GetItem",
        "UsersTable": "GetItem UpdateItem",
        "identity/*": "SendEmail",
    },
    "VerifySession": {
        "RolesTable": "GetItem",
        "UserSessionsTable": "GetItem UpdateItem",
    },
    "PrepareStack": {
        "RolesTable": "PutItem",
        "SigningKeyA": "GetPublicKey",
        "SigningKeyB": "GetPublicKey",
    },
}

# AWS has no narrower name for these: any index of the table, and whichever identity has the
# sender's address, to which the statement's condition holds it
WITH_WILDCARD = {("ListUsers", "UsersTable/index/*"), ("SendMail", "identity/*")}


@pytest.fixture(scope="session")
def expanded() -> Mapping[str, Any]:
    """The template as SAM expands it for CloudFormation."""
    template = yaml_parse((ROOT / "template.yaml").read_text(encoding="utf-8"))
    for resource in template["Resources"].values():
        # as uploaded
        for name in ("CodeUri", "ContentUri"):
            if name in resource.get("Properties", {}):
                resource["Properties"][name] = "s3://bucket/code.zip"

    class NoManagedPolicies:
        def load(self) -> Mapping[str, str]:
            return {}

    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("AWS_DEFAULT_REGION", "eu-central-1")
        resources: Mapping[str, Any] = transform(template, {}, NoManagedPolicies())["Resources"]
    return resources


def _roles(expanded: Mapping[str, Any]) -> Mapping[str, Mapping[str, Any]]:
    """Return the roles' properties by the function that each is for."""
    return {
        logical_id.removesuffix("Role"): resource["Properties"]
        for logical_id, resource in expanded.items()
        if resource["Type"] == "AWS::IAM::Role"
    }


def _statements(role: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    for policy in role.get("Policies", []):
        yield from policy["PolicyDocument"]["Statement"]


def _listed(value: object) -> list[Any]:
    return value if isinstance(value, list) else [value]


def _resource(node: Any) -> str:  # noqa: ANN401 - a template is JSON
    match node:
        case {"Fn::GetAtt": [str(name), "Arn"]}:
            return name
        case {"Fn::If": [str(_), there, {"Ref": "AWS::NoValue"}]}:
            return _resource(there)
        case {"Fn::Sub": str(text)}:
            return re.sub(r"\$\{(\w+)\.Arn\}", r"\1", text).rpartition(":")[2]
        case _:
            raise AssertionError(node)


def _granted(role: Mapping[str, Any]) -> Mapping[str, set[str]]:
    granted: dict[str, set[str]] = {}
    for statement in _statements(role):
        assert statement["Effect"] == "Allow"
        for resource in _listed(statement["Resource"]):
            actions = (action.partition(":")[2] for action in _listed(statement["Action"]))
            granted.setdefault(_resource(resource), set()).update(actions)
    return granted


def test_every_function_may_do_exactly_what_is_written_down(expanded: Mapping[str, Any]) -> None:
    granted = {function: _granted(role) for function, role in _roles(expanded).items()}

    assert granted == {
        function: {resource: set(actions.split()) for resource, actions in resources.items()}
        for function, resources in POLICIES.items()
    }


def test_no_action_is_a_wildcard_and_no_resource_but_where_aws_leaves_no_choice(
    expanded: Mapping[str, Any],
) -> None:
    wild = set()
    for function, role in _roles(expanded).items():
        for statement in _statements(role):
            assert not any("*" in action for action in _listed(statement["Action"]))
            names = {_resource(resource) for resource in _listed(statement["Resource"])}
            wild |= {(function, name) for name in names if "*" in name}

    assert wild == WITH_WILDCARD


def test_mail_is_sent_from_one_address_only(expanded: Mapping[str, Any]) -> None:
    (statement,) = (
        statement
        for statement in _statements(_roles(expanded)["SendMail"])
        if "ses:SendEmail" in statement["Action"]
    )

    assert statement["Condition"] == {"StringEquals": {"ses:FromAddress": {"Ref": "MailFrom"}}}


def test_beyond_that_functions_may_log_and_take_from_their_queue(
    expanded: Mapping[str, Any],
) -> None:
    managed = {
        function: {arn.rpartition("/")[2] for arn in role["ManagedPolicyArns"]}
        for function, role in _roles(expanded).items()
    }

    assert managed == {function: {"AWSLambdaBasicExecutionRole"} for function in POLICIES} | {
        "SendMail": {"AWSLambdaBasicExecutionRole", "AWSLambdaSQSQueueExecutionRole"}
    }


def test_only_functions_that_issue_tokens_may_sign() -> None:
    may = {function for function, resources in POLICIES.items() if "Sign" in resources.values()}

    assert may == {"LogIn", "RefreshTokens", "IssueServiceToken"}


def test_only_functions_that_take_passwords_may_key_hashes() -> None:
    may = {
        function for function, resources in POLICIES.items() if "GenerateMac" in resources.values()
    }

    assert may == {"LogIn", "ChangePassword", "RegistrationUser", "ResetPassword"}


def _succeeds(endpoint: Endpoint, scene: Scene) -> None:
    assert endpoint.call(scene).status == endpoint.status


# What functions ask of AWS beyond a request that succeeds; each begins with everybody signed in.


def _calls_by_a_back_end(scene: Scene) -> None:
    permissions = [endpoint.permission for endpoint in ALL if endpoint.permission]
    permissions += ["content:read", "garden:write"]
    role = Role(name="robot", title_en="", title_ru="", permissions=permissions, builtin=False)
    for endpoint in ALL:
        if endpoint.zone == "server":
            request = endpoint.request(scene)
            role.save()
            token = people.service_token(scene.api, f"Robot {len(scene.api.secrets)}", "robot")
            scene.api.call(**{**request, "token": token})


def _guesses(scene: Scene) -> None:
    for _ in range(7):
        LOG_IN.call(scene, json={**scene.alice.credentials, "passw": "not the password"})
        CHANGE_PASSWORD.call(scene, json={"current_passw": "wrong", "passw": "another_string"})
    REFRESH.call(scene, json={"refresh_token": "garbage"})
    RESET_PASSWORD.call(scene, json={"reset_token": "garbage", "passw": "another_string"})


def _more_devices_than_allowed(scene: Scene) -> None:
    back_end = {"email": "shop@services.example.com", "name": "Web shop"}
    for _ in range(3):
        scene.alice.sign_in()
        assert ISSUE_SERVICE_TOKEN.call(scene, json=back_end).status == 201


def _other_devices(scene: Scene) -> None:
    for endpoint in (END_OTHER_SEANCES, CHANGE_PASSWORD):
        scene.alice.sign_in()
        assert endpoint.call(scene).status == endpoint.status


def _stolen_refresh_token(scene: Scene) -> None:
    for _ in range(3):
        answer = REFRESH.call(scene)
        REFRESH.call(scene, json={"refresh_token": answer.json.get("refresh_token", "garbage")})


def _invitation(scene: Scene) -> None:
    SIGN_UP.call(scene, json={"email": "new@example.com", "name": "New", "invite": True})


def _custom_role(scene: Scene) -> None:
    role = scene.unused_role()["name"]
    person = {"email": "new@example.com", "name": "New", "passw": "example_string", "role": role}
    answer = SIGN_UP.call(scene, token=scene.admin.token, json=person)
    path = f"/api/v1/server/users/{answer.json['id']}"
    for method, body in (("PATCH", {"role": "read_only"}), ("PATCH", {"role": role})):
        scene.api.call(method, path, token=scene.admin.token, json=body)
    scene.api.call("DELETE", path, token=scene.admin.token)
    narrow = Role(name="narrow", title_en="", title_ru="", permissions=["users:read"])
    narrow.builtin = False
    narrow.save()
    back_end = {"email": "shop@services.example.com", "name": "Web shop", "role": "narrow"}
    assert ISSUE_SERVICE_TOKEN.call(scene, json=back_end).status == 201


def _new_address(scene: Scene) -> None:
    UPDATE_USER.call(scene, json={"email": "alice@example.org"})


def _filters(scene: Scene) -> None:
    for query in ("role=read_only", "status=active", "email=a"):
        scene.api.call("GET", f"{LIST_USERS.path}?{query}", token=scene.admin.token)


def _idempotency_keys(scene: Scene) -> None:
    headers = {"Idempotency-Key": "0123456789abcdef0123456789abcdef"}
    for endpoint in (SIGN_UP, ISSUE_RESET_TOKEN, ISSUE_SERVICE_TOKEN):
        request = endpoint.request(scene, headers=headers)
        scene.api.call(**request)
        scene.api.call(**request)
        other = {"Idempotency-Key": "another_0123456789abcdef"}
        for email in ("nobody", scene.alice.email):
            body = {**request["json"], "email": email}
            scene.api.call(**{**request, "headers": other, "json": body})


BEYOND: Sequence[Callable[[Scene], None]] = (
    _calls_by_a_back_end,
    _guesses,
    _more_devices_than_allowed,
    _other_devices,
    _stolen_refresh_token,
    _invitation,
    _custom_role,
    _new_address,
    _filters,
    _idempotency_keys,
)
# Powertools reads an item only where the refusal to write it does not bring it along
UNUSED = {
    f"{function} GetItem table/users-local-IdempotencyTable"
    for function in ("IssueResetToken", "IssueServiceToken", "RegistrationUser")
}
# so that each request notes the activity, each repeated refresh is a theft, and a third device is
# one too many
TELLING = {"ACTIVITY_SECONDS": "0", "REFRESH_GRACE_SECONDS": "0", "SESSIONS_PER_USER": "2"}
# not called through the API
OTHERS = {"SendMail", "VerifySession", "PrepareStack"}


def test_nothing_is_allowed_that_is_never_used(
    scene: Scene, stack: Deployment, aws_calls: AwsCalls
) -> None:
    success: Sequence[Callable[[Scene], None]] = [partial(_succeeds, one) for one in ALL]
    for happens in (*success, *BEYOND):
        stack.reset()
        with pytest.MonkeyPatch.context() as patch:
            for name, value in TELLING.items():
                patch.setenv(name, value)
            happens(scene)

    unused = {
        f"{function} {action.partition(':')[2]} {arn.rpartition(':')[2]}"
        for function, allowed in aws_calls.allowed.items()
        if function not in OTHERS
        for action, arn in allowed - aws_calls.used.get(function, set())
    }
    assert unused == UNUSED, "\n" + "\n".join(sorted(unused ^ UNUSED))
