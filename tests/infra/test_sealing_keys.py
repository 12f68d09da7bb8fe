"""Who may use the keys that seal key pairs, as their own policies decide, whatever IAM allows."""

from collections.abc import Mapping
from fnmatch import fnmatchcase
from typing import Any

import pytest

from infra.local.template.pseudo_parameters import ACCOUNT_ID, STACK_NAME
from tests.support import expansion
from tests.support.policies import OF_CONTEXT
from tests.support.rotating import SIGNERS

SEALING_KEYS = ("SealingKeyA", "SealingKeyB", "RsaSealingKeyA", "RsaSealingKeyB")
OPERATOR = f"arn:aws:iam::{ACCOUNT_ID}:role/operator"
PARAMETERS = {"SigningMode": "cached", "OperatorArn": OPERATOR}
ROLES = f"arn:aws:iam::{ACCOUNT_ID}:role"
STRANGERS = (
    OPERATOR,
    f"arn:aws:iam::{ACCOUNT_ID}:root",
    f"{ROLES}/Admin",
    f"{ROLES}/{STACK_NAME}-other/keys/issuing/LogInRole",
    f"{ROLES}/other/{STACK_NAME}/keys/issuing/LogInRole",
    f"arn:aws:iam::210987654321:role/{STACK_NAME}/keys/issuing/LogInRole",
    f"arn:aws:iam::210987654321:role/{STACK_NAME}/keys/setup/PrepareStackRole",
)
SIGNING = {"purpose": "signing", "kid": "of a pair"}
PUBLISHING = {"purpose": "publishing"}
CONTEXTS: tuple[Mapping[str, str], ...] = (SIGNING, PUBLISHING, {"purpose": "totp"}, {})
# with which one could have what is sealed, or have something pass for it
OPENING = ("kms:Decrypt", "kms:ReEncryptFrom")
MAKING = ("kms:Encrypt", "kms:ReEncryptTo", "kms:GenerateDataKey", "kms:GenerateDataKeyPair")


@pytest.fixture(scope="module")
def expanded() -> Mapping[str, Any]:
    """The template as SAM expands it for CloudFormation."""
    return expansion.expand(PARAMETERS)


@pytest.fixture(scope="module")
def denials(expanded: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    """What the keys deny, which is the same for all of them."""
    keys = expansion.of_type(expanded, "AWS::KMS::Key")
    first, *others = (keys[name]["Properties"]["KeyPolicy"] for name in SEALING_KEYS)
    assert others == [first] * 3
    statements: list[Mapping[str, Any]] = expansion.resolved(first, expanded, PARAMETERS)[
        "Statement"
    ]
    iam_decides, *denials = statements
    assert (iam_decides["Effect"], iam_decides["Action"]) == ("Allow", "kms:*")
    assert {(it["Effect"], it["Principal"], it["Resource"]) for it in denials} == {
        ("Deny", "*", "*")
    }
    return denials


def _is_denied(
    denials: list[Mapping[str, Any]], principal: str, action: str, context: Mapping[str, str]
) -> bool:
    return any(
        any(fnmatchcase(action, pattern) for pattern in statement["Action"])
        and all(
            _holds(operator, tests, principal, context)
            for operator, tests in statement["Condition"].items()
        )
        for statement in denials
    )


def _holds(
    operator: str, tests: Mapping[str, str], principal: str, context: Mapping[str, str]
) -> bool:
    ((key, wanted),) = tests.items()
    if operator == "ArnNotLike":
        assert key == "aws:PrincipalArn"
        return not fnmatchcase(principal, wanted)
    # which holds, too, where there is nothing to compare
    assert operator == "StringNotEquals"
    return context.get(key.removeprefix(OF_CONTEXT)) != wanted


def _functions(expanded: Mapping[str, Any]) -> Mapping[str, str]:
    """Return the ARNs of the roles of functions, by function, with the name cut to nothing."""
    functions = expansion.of_type(expanded, "AWS::Lambda::Function")
    roles = {name: it["Properties"]["Role"]["Fn::GetAtt"][0] for name, it in functions.items()}
    paths = {name: expanded["Resources"][role]["Properties"] for name, role in roles.items()}
    return {
        name: f"{ROLES}{expansion.resolved(it.get('Path', '/'), expanded, PARAMETERS)}x"
        for name, it in paths.items()
    }


@pytest.mark.parametrize("action", OPENING)
def test_private_half_is_opened_by_who_issues_tokens_alone(
    expanded: Mapping[str, Any], denials: list[Mapping[str, Any]], action: str
) -> None:
    for context in (SIGNING, {"purpose": "totp"}, {}):
        functions = _functions(expanded).items()
        spared = {it for it, arn in functions if not _is_denied(denials, arn, action, context)}
        assert spared == set(SIGNERS)


@pytest.mark.parametrize("action", MAKING)
def test_nothing_is_sealed_but_by_the_set_up(
    expanded: Mapping[str, Any], denials: list[Mapping[str, Any]], action: str
) -> None:
    for context in CONTEXTS:
        functions = _functions(expanded).items()
        spared = {it for it, arn in functions if not _is_denied(denials, arn, action, context)}
        assert spared == {"PrepareStack"}


@pytest.mark.parametrize("principal", STRANGERS)
def test_neither_operator_nor_root_nor_anybody_else_opens_or_seals(
    denials: list[Mapping[str, Any]], principal: str
) -> None:
    for context in CONTEXTS:
        assert all(_is_denied(denials, principal, action, context) for action in MAKING)
        opened = [it for it in OPENING if not _is_denied(denials, principal, it, context)]
        assert opened == (list(OPENING) if context == PUBLISHING else [])


def test_set_up_sees_what_is_public_alone(
    expanded: Mapping[str, Any], denials: list[Mapping[str, Any]]
) -> None:
    set_up = _functions(expanded)["PrepareStack"]

    open_to_it = [it for it in CONTEXTS if not _is_denied(denials, set_up, "kms:Decrypt", it)]

    assert open_to_it == [PUBLISHING]


@pytest.mark.parametrize("mode", ["kms", "cached"])
def test_there_is_nothing_of_the_other_mode(mode: str) -> None:
    parameters = {"SigningMode": mode}
    expanded = expansion.expand(parameters)
    conditions = {
        name: expanded["Resources"][name]["Condition"]
        for name in ("KeyPairsTable", "SigningKeyA", "SigningKeyB", *SEALING_KEYS)
    }

    there = {
        name
        for name, condition in conditions.items()
        if expansion.resolved({"Fn::If": [condition, True, False]}, expanded, parameters)
    }

    assert there == ({"SigningKeyA"} if mode == "kms" else {"SealingKeyA", "KeyPairsTable"})
