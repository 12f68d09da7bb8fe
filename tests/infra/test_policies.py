"""What each function may do: no more than it has to, and all that it has to."""

import itertools
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import timedelta
from fnmatch import fnmatchcase
from functools import partial
from typing import Any

import pytest

from accounts import clock
from accounts.access import indexing, recent_roles
from accounts.storage.tables import Role, User, UserSession
from infra.local import ROOT
from infra.local.template.pseudo_parameters import ACCOUNT_ID, STACK_NAME
from tests.support import email_tokens, expansion, people
from tests.support.aws_calls import AwsCalls
from tests.support.clocks import Clock
from tests.support.deployment import Deployment, forget_settings
from tests.support.endpoint import Endpoint
from tests.support.filed_factors import put_on_file
from tests.support.register import (
    ALL,
    CHANGE_PASSWORD,
    CONFIRM_EMAIL,
    CONFIRM_IDENTITY,
    DELETE_OWN_ACCOUNT,
    DELETE_USER,
    DISABLE_TOTP,
    END_OTHER_SEANCES,
    EXPORT_OWN_DATA,
    ISSUE_RESET_TOKEN,
    ISSUE_SERVICE_TOKEN,
    LIST_AUDIT,
    LIST_PASSKEYS,
    LIST_USERS,
    LOG_IN,
    LOG_IN_WITH_CODE,
    LOG_IN_WITH_PASSKEY,
    PASSKEY_LOG_IN_OPTIONS,
    PASSKEY_OPTIONS,
    PROVE_SECOND_FACTOR,
    REFRESH,
    RESET_PASSWORD,
    SELF_SIGN_UP,
    SET_NEW_PASSWORD,
    SIGN_UP,
    UNDO_EMAIL_CHANGE,
    UPDATE_OWN_ACCOUNT,
    UPDATE_USER,
)
from tests.support.scene import Scene

# AWS has no narrower name for these: any index of the table, and whichever identity has the
# sender's address, to which the statement's condition holds it, with its configuration set; or
# every object of a bucket
WITH_WILDCARD = {
    ("ExportTrail", "TrailBucket/*"),
    ("ListUsers", "UsersTable/index/*"),
    ("PrepareStack", "UsersTable/index/*"),
    ("SendMail", "configuration-set/*"),
    ("SendMail", "identity/*"),
}


# by function, AWS's own policy for what brings it its events
OF_SOURCES = {
    "DeliverWebhooks": "AWSLambdaSQSQueueExecutionRole",
    "PublishEvents": "AWSLambdaDynamoDBExecutionRole",
    "SendMail": "AWSLambdaSQSQueueExecutionRole",
}


# by function and resource: the actions
Grants = Mapping[str, Mapping[str, frozenset[str]]]


def _written(section: str) -> Grants:
    """Return what docs/permissions.md grants, in the first table of a section."""
    text = (ROOT / "docs" / "permissions.md").read_text(encoding="utf-8")
    (table,) = re.findall(rf"^{section}\n.*?^(\|.*?)\n[^|]", text, re.DOTALL | re.MULTILINE)
    grants: dict[str, dict[str, frozenset[str]]] = {}
    for row in table.splitlines()[2:]:
        function, resources, actions = (cell.strip() for cell in row.strip("|").split("|"))
        granted = grants.setdefault(function, {})
        if resources != "–":
            service, _, names = actions.partition(": ")
            for resource in resources.split(", "):
                granted[resource] = frozenset(f"{service}:{name}" for name in names.split())
    return grants


@pytest.fixture(scope="session")
def written() -> Grants:
    """What docs/permissions.md says that each function may do."""
    return _written("## What each function may do")


@pytest.fixture(scope="session")
def expanded() -> Mapping[str, Any]:
    """The template as SAM expands it for CloudFormation."""
    return expansion.expand()


def _role_names(expanded: Mapping[str, Any]) -> Mapping[str, str]:
    """Return the logical ids of the roles by function."""
    return {
        function: resource["Properties"]["Role"]["Fn::GetAtt"][0]
        for function, resource in expansion.of_type(expanded, "AWS::Lambda::Function").items()
    }


def _roles(expanded: Mapping[str, Any]) -> Mapping[str, Mapping[str, Any]]:
    """Return the roles' properties by function."""
    return {
        function: expanded["Resources"][role]["Properties"]
        for function, role in _role_names(expanded).items()
    }


def _statements(role: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    """Return what the role grants at most, whatever is set."""
    for policy in role.get("Policies", []):
        yield from map(_at_most, policy["PolicyDocument"]["Statement"])


def _at_most(node: Mapping[str, Any]) -> Mapping[str, Any]:
    _, statement, otherwise = node.get("Fn::If", ("", node, {"Ref": "AWS::NoValue"}))
    assert otherwise == {"Ref": "AWS::NoValue"}
    return statement  # type: ignore[no-any-return] # a template is JSON


def _listed(value: object) -> list[Any]:
    return value if isinstance(value, list) else [value]


def _resource(node: Any) -> str:  # noqa: ANN401 - a template is JSON
    match node:
        case str(name) | {"Fn::GetAtt": [str(name), "Arn"]}:
            return name
        case {"Fn::If": [str(_), there, {"Ref": "AWS::NoValue"}]}:
            return _resource(there)
        case {"Fn::Sub": str(text)}:
            return re.sub(r"\$\{(\w+)\.Arn\}", r"\1", text).rpartition(":")[2]
        case _:
            raise AssertionError(node)


def _granted(statements: Iterable[Mapping[str, Any]]) -> Mapping[str, frozenset[str]]:
    granted: dict[str, frozenset[str]] = {}
    for statement in statements:
        assert statement["Effect"] == "Allow"
        for resource in map(_resource, _listed(statement["Resource"])):
            actions = granted.get(resource, frozenset())
            granted[resource] = actions | frozenset(_listed(statement["Action"]))
    return granted


def test_every_function_may_do_exactly_what_is_written_down(
    expanded: Mapping[str, Any], written: Grants
) -> None:
    granted = {name: _granted(_statements(role)) for name, role in _roles(expanded).items()}

    assert granted == written


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


def test_functions_share_a_role_exactly_if_they_have_the_same_rights(
    expanded: Mapping[str, Any], written: Grants
) -> None:
    roles = _role_names(expanded)

    for one, other in itertools.combinations(roles, 2):
        assert (roles[one] == roles[other]) == (written[one] == written[other]), (one, other)


@pytest.mark.parametrize(
    ("tracing", "traces"), [("Disabled", set()), ("Active", {"AWSXrayWriteOnlyAccess"})]
)
def test_roles_have_policies_of_aws_for_logs_traces_and_their_queue_alone(
    tracing: str, traces: set[str]
) -> None:
    parameters = {"Tracing": tracing}
    expanded = expansion.expand(parameters)
    managed = {
        function: {
            arn.rpartition("/")[2]
            for arn in expansion.resolved(role["ManagedPolicyArns"], expanded, parameters)
        }
        for function, role in _roles(expanded).items()
    }

    assert managed == {
        function: {"AWSLambdaBasicExecutionRole"} | traces for function in managed
    } | {
        function: {"AWSLambdaBasicExecutionRole", policy} | traces
        for function, policy in OF_SOURCES.items()
    }


def test_every_function_is_held_to_the_boundary(expanded: Mapping[str, Any]) -> None:
    for role in _roles(expanded).values():
        assert role["PermissionsBoundary"] == {"Ref": "Boundary"}


def test_boundary_leaves_what_is_written_down_and_nothing_else(
    expanded: Mapping[str, Any], written: Grants
) -> None:
    document = expanded["Resources"]["Boundary"]["Properties"]["PolicyDocument"]
    boundary = _granted(map(_at_most, document["Statement"]))
    needed: dict[str, frozenset[str]] = {}
    for grants in (*written.values(), *_written("## The boundary").values()):
        for resource, actions in grants.items():
            needed[resource] = needed.get(resource, frozenset()) | actions

    assert set(boundary) == set(needed)
    assert all(needed[resource] <= boundary[resource] for resource in needed)
    assert _all(boundary) == _all(needed)


def _all(grants: Mapping[str, frozenset[str]]) -> frozenset[str]:
    return frozenset().union(*grants.values())


def test_codedeploy_alone_takes_on_the_role_that_is_for_no_function(
    expanded: Mapping[str, Any],
) -> None:
    (other,) = (
        role["Properties"]
        for name, role in expansion.of_type(expanded, "AWS::IAM::Role").items()
        if role["Properties"] not in _roles(expanded).values()
    )

    (trust,) = other["AssumeRolePolicyDocument"]["Statement"]
    assert trust["Principal"] == {"Service": ["codedeploy.amazonaws.com"]}
    assert [arn.rpartition("/")[2] for arn in other["ManagedPolicyArns"]] == [
        "AWSCodeDeployRoleForLambda"
    ]


def test_lambda_alone_takes_on_the_roles_of_functions(expanded: Mapping[str, Any]) -> None:
    for role in _roles(expanded).values():
        (trust,) = role["AssumeRolePolicyDocument"]["Statement"]
        assert trust["Principal"] == {"Service": ["lambda.amazonaws.com"]}


def _may(action: str, written: Grants) -> set[str]:
    return {name for name, grants in written.items() if action in _all(grants)}


def test_only_functions_that_issue_tokens_may_sign(written: Grants) -> None:
    assert _may("kms:Sign", written) - {"ExportTrail"} == {
        "LogIn",
        "LogInWithCode",
        "ProveSecondFactor",
        "LogInWithPasskey",
        "RefreshTokens",
        "IssueServiceToken",
    }


def test_the_export_signs_with_the_key_of_the_trail_and_nobody_else_does(written: Grants) -> None:
    users = {name for name, grants in written.items() if "TrailKey" in grants}

    assert users == {"ExportTrail"}
    assert {it for it in written["ExportTrail"] if it.endswith("Key")} == {"TrailKey"}


def test_only_the_export_writes_how_far_it_is(written: Grants) -> None:
    assert {name for name, it in written.items() if "TrailHeadsTable" in it} == {"ExportTrail"}


def test_only_functions_that_take_passwords_may_key_hashes(written: Grants) -> None:
    # those that keep codes likewise, those that derive the secrets of webhooks, and the one that
    # derives the key of the log's digests
    assert _may("kms:GenerateMac", written) == {
        "LogIn",
        "LogInWithCode",
        "ProveSecondFactor",
        "SendMail",
        "EnableTotp",
        "RenewRecoveryCodes",
        "AddPasskey",
        "ChangePassword",
        "ConfirmEmail",
        "ConfirmIdentity",
        "DeliverWebhooks",
        "RegistrationUser",
        "ResetPassword",
        "SaveWebhook",
        "SetNewPassword",
        "SignUp",
        "PrepareStack",
    }


def _may_use(key: str, action: str, written: Grants) -> set[str]:
    return {name for name, grants in written.items() if action in grants.get(key, ())}


def test_only_functions_that_take_codes_of_apps_may_open_their_secrets(written: Grants) -> None:
    assert _may_use("FactorKey", "kms:Decrypt", written) == {
        "ConfirmIdentity",
        "EnableTotp",
        "ProveSecondFactor",
    }
    assert _may_use("FactorKey", "kms:Encrypt", written) == {"BeginTotp"}


@pytest.mark.parametrize("url", ["", "https://api.hcaptcha.com/siteverify"])
def test_the_secret_of_the_bot_check_may_be_read_where_there_is_one_alone(url: str) -> None:
    parameters = {"BotCheckUrl": url, "BotCheckSecret": "/users/bot-check"}
    expanded = expansion.expand(parameters)
    role = expanded["Resources"][_role_names(expanded)["SignUp"]]["Properties"]
    boundary = expanded["Resources"]["Boundary"]["Properties"]["PolicyDocument"]

    for document in (role["Policies"][0]["PolicyDocument"], boundary):
        (reading,) = [it for it in document["Statement"] if "ssm:GetParameter" in str(it)]
        allowed = expansion.resolved([reading], expanded, parameters)
        assert [it["Resource"].partition(":parameter")[2] for it in allowed] == (
            ["/users/bot-check"] if url else []
        )
        assert [it["Action"] for it in allowed] == [["ssm:GetParameter"]] * len(allowed)


OPERATOR = f"arn:aws:iam::{ACCOUNT_ID}:role/aws-reserved/sso.amazonaws.com/eu-west-1/Admin_0"
ANYBODY_ELSE = (
    f"arn:aws:iam::{ACCOUNT_ID}:role/Admin",
    f"arn:aws:iam::{ACCOUNT_ID}:user/root",
    f"arn:aws:iam::{ACCOUNT_ID}:role/{STACK_NAME}-other/keys/LogInRole",
    f"arn:aws:iam::{ACCOUNT_ID}:role/other/{STACK_NAME}/keys/LogInRole",
    f"arn:aws:iam::210987654321:role/{STACK_NAME}/keys/LogInRole",
)


SEALING_KEYS = ("SealingKeyA", "SealingKeyB", "RsaSealingKeyA", "RsaSealingKeyB")


@pytest.fixture(scope="session")
def denying() -> Mapping[str, Any]:
    """What most keys deny, to everybody but those that its condition names."""
    parameters = {"OperatorArn": OPERATOR.replace("eu-west-1/Admin_0", "*/Admin_*")}
    expanded = expansion.expand(parameters)
    keys = {**expansion.of_type(expanded, "AWS::KMS::Key")}
    for name in ("TrailKey", *SEALING_KEYS):
        del keys[name]
    first, *others = (key["Properties"]["KeyPolicy"] for key in keys.values())
    assert others == [first] * 6
    _, denied = expansion.resolved(first, expanded, parameters)["Statement"]
    assert (denied["Effect"], denied["Principal"], denied["Resource"]) == ("Deny", "*", "*")
    return denied  # type: ignore[no-any-return] # a template is JSON


def _spares(denying: Mapping[str, Any], principal: str) -> bool:
    ((operator, tests),) = denying["Condition"].items()
    ((key, patterns),) = tests.items()
    assert (operator, key) == ("ArnNotLike", "aws:PrincipalArn")
    return any(fnmatchcase(principal, pattern) for pattern in patterns)


def test_keys_are_used_by_the_functions_that_have_to_and_no_other(
    expanded: Mapping[str, Any], written: Grants, denying: Mapping[str, Any]
) -> None:
    users = set()
    for function, role in _roles(expanded).items():
        path = expansion.resolved(role.get("Path", "/"), expanded, {})
        if _spares(denying, f"arn:aws:iam::{ACCOUNT_ID}:role{path}{STACK_NAME}-{function}-X"):
            users.add(function)

    denied = set(denying["Action"])
    assert denied == {"kms:Decrypt", "kms:ReEncryptFrom", "kms:GenerateMac", "kms:Sign"}
    # the set-up may see what is public of a pair that signs, and no more
    assert users == set().union(*(_may(action, written) for action in denied))


@pytest.mark.parametrize("principal", ANYBODY_ELSE)
def test_right_of_anybody_else_to_use_a_key_is_of_no_use(
    denying: Mapping[str, Any], principal: str
) -> None:
    assert not _spares(denying, principal)


@pytest.mark.parametrize("principal", [OPERATOR, f"arn:aws:iam::{ACCOUNT_ID}:root"])
def test_operator_and_the_root_of_the_account_are_not_kept_out(
    denying: Mapping[str, Any], principal: str
) -> None:
    assert _spares(denying, principal)


def test_without_an_operator_nobody_more_is_let_in(expanded: Mapping[str, Any]) -> None:
    policy = expanded["Resources"]["PasswordKey"]["Properties"]["KeyPolicy"]
    allowing, denied = expansion.resolved(policy, expanded, {})["Statement"]

    assert allowing["Principal"] == {"AWS": f"arn:aws:iam::{ACCOUNT_ID}:root"}
    assert denied["Condition"]["ArnNotLike"]["aws:PrincipalArn"] == [
        f"arn:aws:iam::{ACCOUNT_ID}:role/{STACK_NAME}/keys/*",
        f"arn:aws:iam::{ACCOUNT_ID}:root",
    ]


@pytest.mark.parametrize(
    ("principal", "spared"),
    [
        (f"{STACK_NAME}/keys/{STACK_NAME}-ExportTrailRole-0123456789AB", True),
        (f"{STACK_NAME}/keys/{STACK_NAME}-LogInRole-0123456789AB", False),
        (f"{STACK_NAME}/{STACK_NAME}-ExportTrailRole-0123456789AB", False),
        ("aws-reserved/sso.amazonaws.com/eu-west-1/Admin_0", False),
    ],
)
def test_the_key_of_the_trail_lets_the_export_sign_and_no_operator(
    principal: str, *, spared: bool
) -> None:
    parameters = {"OperatorArn": OPERATOR}
    expanded = expansion.expand(parameters)
    policy = expanded["Resources"]["TrailKey"]["Properties"]["KeyPolicy"]

    _, denied = expansion.resolved(policy, expanded, parameters)["Statement"]

    pattern = denied["Condition"]["ArnNotLike"]["aws:PrincipalArn"]
    assert (denied["Effect"], denied["Action"]) == ("Deny", "kms:Sign")
    assert fnmatchcase(f"arn:aws:iam::{ACCOUNT_ID}:role/{principal}", pattern) is spared


def test_files_of_the_trail_are_written_by_tls_and_over_no_other(
    expanded: Mapping[str, Any],
) -> None:
    policy = expanded["Resources"]["TrailBucketPolicy"]["Properties"]["PolicyDocument"]

    by_tls, once = policy["Statement"]

    assert (by_tls["Effect"], by_tls["Principal"], by_tls["Action"]) == ("Deny", "*", "s3:*")
    assert by_tls["Condition"] == {"Bool": {"aws:SecureTransport": "false"}}
    assert (once["Effect"], once["Principal"], once["Action"]) == ("Deny", "*", "s3:PutObject")
    assert once["Condition"]["Null"] == {"s3:if-none-match": "true"}


def test_the_schedule_calls_the_export_and_nothing_else(expanded: Mapping[str, Any]) -> None:
    permissions = expansion.of_type(expanded, "AWS::Lambda::Permission").values()
    by_schedule = [
        permission["Properties"]
        for permission in permissions
        if permission["Properties"]["Principal"] == "events.amazonaws.com"
    ]

    (permission,) = by_schedule
    assert permission["FunctionName"] == {"Ref": "ExportTrailAliaslive"}
    assert permission["SourceArn"] == {"Fn::GetAtt": ["ExportTrailHourly", "Arn"]}


def test_nobody_but_api_gateway_may_call_any_other_function_and_only_through_its_alias(
    expanded: Mapping[str, Any],
) -> None:
    permissions = {**expansion.of_type(expanded, "AWS::Lambda::Permission")}
    del permissions["ExportTrailHourlyPermission"]
    aliases = expansion.of_type(expanded, "AWS::Lambda::Alias")

    for permission in (permission["Properties"] for permission in permissions.values()):
        assert permission["Principal"] == "apigateway.amazonaws.com"
        assert permission["FunctionName"]["Ref"] in aliases
        (source, *_) = _listed(permission["SourceArn"]["Fn::Sub"])
        assert ":${AWS::AccountId}:" in source


def _succeeds(endpoint: Endpoint, scene: Scene) -> None:
    assert endpoint.call(scene).status == endpoint.status


# What functions ask of AWS beyond a request that succeeds; each begins with everybody signed in.


def _calls_by_a_back_end(scene: Scene) -> None:
    permissions = [endpoint.permission for endpoint in ALL if endpoint.permission]
    permissions += ["content:read", "garden:write"]
    role = Role(name="robot", title_en="", title_ru="", permissions=permissions, builtin=False)
    role.back_end = True
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
        CONFIRM_IDENTITY.call(scene, json={"passw": "wrong"})
    REFRESH.call(scene, json={"refresh_token": "garbage"})
    for endpoint in (RESET_PASSWORD, SET_NEW_PASSWORD):
        endpoint.call(scene, json={"reset_token": "garbage", "passw": "another_string"})


def _more_devices_than_allowed(scene: Scene) -> None:
    back_end = {"email": "shop@services.example.com", "name": "Web shop"}
    for _ in range(3):
        scene.alice.sign_in()
        assert LOG_IN_WITH_CODE.call(scene).status == 200
        issued = ISSUE_SERVICE_TOKEN.call(scene, json=back_end)
        assert issued.status == 201
        # a token that is over makes room
        session = UserSession(issued.json["user_id"], issued.json["session_id"])
        session.update([UserSession.expires_at.set(clock.now())])


def _passkey_on_more_devices_than_allowed(scene: Scene) -> None:
    authenticator = scene.authenticator()
    for _ in range(3):
        used = {"credential": scene.signed(authenticator)}
        assert LOG_IN_WITH_PASSKEY.call(scene, json=used).status == 200


def _known_browser(scene: Scene) -> None:
    by_cookie = {"X-Token-Delivery": "cookie"}
    cookies = LOG_IN.call(scene, headers=by_cookie).cookies
    sent = "; ".join(cookie.partition(";")[0] for cookie in cookies)
    assert LOG_IN.call(scene, headers={**by_cookie, "Cookie": sent}).status == 200


def _browser_that_was_signed_in(scene: Scene) -> None:
    cookie = f"__Host-refresh_token={scene.alice.refresh_token}"
    headers = {"X-Token-Delivery": "cookie", "Cookie": cookie}
    assert LOG_IN_WITH_CODE.call(scene, headers=headers).status == 200


def _browser_that_signs_in_with_a_passkey(scene: Scene) -> None:
    # which another device of theirs has, so that the browser goes on with what it has
    passkey = scene.passkey_used()
    cookie = f"__Host-refresh_token={scene.alice.refresh_token}"
    headers = {"X-Token-Delivery": "cookie", "Cookie": cookie}
    answer = LOG_IN_WITH_PASSKEY.call(scene, json={"credential": passkey}, headers=headers)
    assert answer.status == 200


def _more_passkeys(scene: Scene) -> None:
    scene.alice.sign_in()
    for _ in range(2):
        scene.passkey_id()
    assert LIST_PASSKEYS.call(scene).status == 200
    authenticator = scene.authenticator()
    options = PASSKEY_OPTIONS.call(scene, json={"purpose": "confirm"}).json
    by_passkey = {"passkey": authenticator.get(options)}
    assert CONFIRM_IDENTITY.call(scene, json=by_passkey).status == 200
    challenge = scene.challenge()
    options = PASSKEY_LOG_IN_OPTIONS.call(scene, json={"challenge": challenge}).json
    second = {"challenge": challenge, "passkey": authenticator.get(options)}
    assert PROVE_SECOND_FACTOR.call(scene, json=second).status == 200


def _code_that_confirms_the_address(scene: Scene) -> None:
    scene.alice.account.update([User.email_unconfirmed.set(True)])
    assert LOG_IN_WITH_CODE.call(scene).status == 200


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
    user_id = answer.json["id"]
    for body in ({"role": "read_only"}, {"role": role}):
        scene.api.call(*UPDATE_USER.at(user_id=user_id), token=scene.admin.token, json=body)
    scene.api.call(*DELETE_USER.at(user_id=user_id), token=scene.admin.token)
    # whose holders are counted, so that one stays
    assert DELETE_OWN_ACCOUNT.call(scene, token=scene.admin.token).status == 409
    narrow = Role(name="narrow", title_en="", title_ru="", permissions=["users:read"])
    narrow.builtin, narrow.back_end = False, True
    narrow.save()
    back_end = {"email": "shop@services.example.com", "name": "Web shop", "role": "narrow"}
    assert ISSUE_SERVICE_TOKEN.call(scene, json=back_end).status == 201


def _new_address(scene: Scene) -> None:
    UPDATE_USER.call(scene, json={"email": "alice@example.org"})
    for endpoint, token in ((CONFIRM_EMAIL, "email_token"), (UNDO_EMAIL_CHANGE, "undo_token")):
        assert endpoint.call(scene, json={token: "garbage"}).status == 410


def _confirmed_sign_up(scene: Scene) -> None:
    body = SELF_SIGN_UP.request(scene)["json"]
    assert SELF_SIGN_UP.call(scene, json=body).status == 202
    proof = {"email_token": email_tokens.sign_up(body["email"]), "passw": body["passw"]}
    assert CONFIRM_EMAIL.call(scene, json=proof).status == 200


def _confirmed_address(scene: Scene) -> None:
    token = email_tokens.present(scene.alice.account)
    assert CONFIRM_EMAIL.call(scene, json={"email_token": token}).status == 200


def _address_called_off(scene: Scene) -> None:
    UPDATE_USER.call(scene, json={"email": "alice@example.org"})
    undo_token = email_tokens.undo(scene.alice.account)
    assert UNDO_EMAIL_CHANGE.call(scene, json={"undo_token": undo_token}).status == 200


def _there_and_back(scene: Scene) -> None:
    UPDATE_USER.call(scene, json={"email": "alice@example.org"})
    account = scene.alice.account
    tokens = {
        CONFIRM_EMAIL: {"email_token": email_tokens.confirmation(account, "alice@example.org")},
        UNDO_EMAIL_CHANGE: {"undo_token": email_tokens.undo(account)},
    }
    for endpoint, token in tokens.items():
        assert endpoint.call(scene, json=token).status == 200


def _signed_in_person_changes(scene: Scene) -> None:
    assert UPDATE_USER.call(scene, json={"role": "methodist"}).status == 200


def _names_that_come_and_go(scene: Scene) -> None:
    for name in ("First", "Second"):
        assert UPDATE_USER.call(scene, json={"name": name}).status == 200
        assert UPDATE_OWN_ACCOUNT.call(scene, json={"name": "Own"}).status == 200


def _filters(scene: Scene) -> None:
    # which a process remembers once it is so, perhaps since another test
    indexing.require_complete.cache_clear()
    for query in ({"role": "read_only"}, {"status": "active"}, {"email": "a"}, {"search": "al"}):
        scene.api.call(*LIST_USERS.at(query), token=scene.admin.token)


def _trail_of_who_acted(scene: Scene) -> None:
    query = {"actor_id": scene.admin.id}
    assert scene.api.call(*LIST_AUDIT.at(query), token=scene.admin.token).status == 200


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


def _deletion_with_all_factors(scene: Scene) -> None:
    somebody = people.person(scene.api, "Fay", "read_only")
    for person, endpoint in ((scene.alice, DELETE_USER), (somebody, DELETE_OWN_ACCOUNT)):
        put_on_file(person.id)
        token = {} if endpoint is DELETE_USER else {"token": person.token}
        assert endpoint.call(scene, **token).status == endpoint.status


def _export_of_passkeys(scene: Scene) -> None:
    put_on_file(scene.alice.id)
    assert EXPORT_OWN_DATA.call(scene).status == 200


def _first_factor_of_two_devices(scene: Scene) -> None:
    scene.alice.sign_in()
    scene.app()
    assert DISABLE_TOTP.call(scene).status == 204


def _recovery_codes(scene: Scene) -> None:
    app = scene.app()
    first, second, *_ = app.recovery_codes
    proof = {"challenge": scene.challenge(), "code": first}
    assert PROVE_SECOND_FACTOR.call(scene, json=proof).status == 200
    for code in (second, app.code(+1)):
        assert CONFIRM_IDENTITY.call(scene, json={"code": code}).status == 200


def _second_factor_on_devices(scene: Scene) -> None:
    by_cookie = {"X-Token-Delivery": "cookie"}
    app = scene.app()
    for steps in (1, 2, 3):
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr("accounts.clock.now", Clock(clock.now() + timedelta(seconds=30 * steps)))
            proof = {"challenge": scene.challenge(), "code": app.code()}
            cookies = PROVE_SECOND_FACTOR.call(scene, json=proof, headers=by_cookie).cookies
            by_cookie["Cookie"] = "; ".join(cookie.partition(";")[0] for cookie in cookies)
            assert cookies


def _guessed_second_factor(scene: Scene) -> None:
    app = scene.app()
    challenges = [scene.challenge(), scene.challenge()]
    for challenge in challenges * 6:
        body = {"challenge": challenge, "code": app.wrong_code()}
        PROVE_SECOND_FACTOR.call(scene, json=body)


def _code_by_mail_and_second_factor(scene: Scene) -> None:
    scene.app()
    assert LOG_IN_WITH_CODE.call(scene).status == 202


def _old_hash_and_second_factor(scene: Scene) -> None:
    scene.app()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("accounts.credentials.passwords.is_outdated", lambda _: True)
        scene.challenge()


def _roles_that_are_due(scene: Scene) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("ROLE_CACHE_SECONDS", "30")
        forget_settings()
        assert LOG_IN.call(scene).status == 200
        recent_roles._known.cache_clear()  # noqa: SLF001 - as in a new process
        assert REFRESH.call(scene).status == 200
    forget_settings()


BEYOND: Sequence[Callable[[Scene], None]] = (
    _calls_by_a_back_end,
    _roles_that_are_due,
    _guesses,
    _more_devices_than_allowed,
    _passkey_on_more_devices_than_allowed,
    _known_browser,
    _browser_that_was_signed_in,
    _browser_that_signs_in_with_a_passkey,
    _more_passkeys,
    _code_that_confirms_the_address,
    _other_devices,
    _stolen_refresh_token,
    _invitation,
    _custom_role,
    _new_address,
    _confirmed_sign_up,
    _confirmed_address,
    _address_called_off,
    _there_and_back,
    _signed_in_person_changes,
    _names_that_come_and_go,
    _filters,
    _trail_of_who_acted,
    _idempotency_keys,
    _deletion_with_all_factors,
    _export_of_passkeys,
    _first_factor_of_two_devices,
    _recovery_codes,
    _second_factor_on_devices,
    _guessed_second_factor,
    _code_by_mail_and_second_factor,
    _old_hash_and_second_factor,
)
# Powertools reads an item only where the refusal to write it does not bring it along
UNUSED = {
    f"{function} GetItem table/users-local-IdempotencyTable"
    for function in ("IssueResetToken", "IssueServiceToken", "RegistrationUser")
}
# a log-in reads its count again only where somebody else was counted meanwhile
UNUSED |= {"LogIn GetItem table/users-local-LoginAttemptsTable"}
# so that each log-in is told of, each request notes the activity, each repeated refresh is a
# theft, each token takes a read of its role, and a third device is one too many
TELLING = {
    "ACTIVITY_SECONDS": "0",
    "NEW_DEVICE_NOTICES": "true",
    "REFRESH_GRACE_SECONDS": "0",
    "ROLE_CACHE_SECONDS": "0",
    "SESSIONS_PER_USER": "2",
}
# not called through the API
OTHERS = {
    "DeliverWebhooks",
    "ExportTrail",
    "PrepareStack",
    "PublishEvents",
    "SendMail",
    "VerifySession",
}


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
