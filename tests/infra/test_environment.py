"""What functions are given fits into the 4,096 bytes that Lambda has for it, whatever is set."""

import itertools
import json
import re
from collections.abc import Mapping
from typing import Any

from accounts.access import deployment
from infra.build.stack_names import LONGEST
from infra.local.template.intrinsics import Resolver
from tests.support import expansion

MOST_BYTES = 4096
# what takes the most bytes of UTF-8
WIDE = "\N{GRINNING FACE}"
REGION = "ap-southeast-1"
ACCOUNT_ID = "1" * 12
STACK_NAME = "s" * LONGEST
SUFFIX = "-XXXXXXXXXXXXX"
QUEUES = f"https://sqs.{REGION}.amazonaws.com/{ACCOUNT_ID}/{STACK_NAME}-"
DIGEST = "x" * 43
# of 2,048 bits
MODULUS = "x" * 342
# the longer kind of key
JWK = {"n": MODULUS, "e": "AQAB", "kty": "RSA", "alg": "RS256", "use": "sig"}
SETUP = {
    "Jwks": json.dumps({"keys": [JWK | {"kid": DIGEST}] * 2}, separators=(",", ":")),
    "SigningKid": DIGEST,
    # of HMAC-SHA-384, in hexadecimal digits
    "LogKey": "x" * 96,
    "Revision": "x" * deployment.REVISION_DIGITS,
}
PSEUDO = {"AWS::StackName": STACK_NAME, "AWS::AccountId": ACCOUNT_ID, "AWS::Region": REGION}


def _longest_value(parameter: Mapping[str, Any]) -> str:
    """Return the longest that a parameter can be set to."""
    if "AllowedValues" in parameter:
        return max(map(str, parameter["AllowedValues"]), key=len)
    if parameter["Type"] == "Number":
        return str(parameter.get("MaxValue", 10**9))
    pattern = parameter.get("AllowedPattern", "")
    takes_wide = not pattern or re.fullmatch(pattern, WIDE * int(parameter["MaxLength"]))
    return (WIDE if takes_wide else "x") * int(parameter["MaxLength"])


def _longest_names(resources: Mapping[str, Any]) -> Mapping[str, Mapping[str, str]]:
    """Return what Ref and Fn::GetAtt can give of tables, keys, queues and the set-up."""
    names = {name: f"{STACK_NAME}-{name}{SUFFIX}" for name in resources}
    for name in expansion.of_type({"Resources": resources}, "AWS::SQS::Queue"):
        names[name] = f"{QUEUES}{name}{SUFFIX}"
    return {name: {"Ref": longest} for name, longest in names.items()} | {"Setup": SETUP}


def test_environment_of_every_function_fits_whatever_is_set() -> None:
    expanded = expansion.expand()
    functions = expansion.of_type(expanded, "AWS::Lambda::Function")
    variables = {name: f["Properties"]["Environment"]["Variables"] for name, f in functions.items()}
    used = set(expansion.references(list(variables.values())))
    values = {
        name: _longest_value(parameter) if name in used else parameter["Default"]
        for name, parameter in expanded["Parameters"].items()
    }
    resolver = Resolver(
        {**PSEUDO, **values}, _longest_names(expanded["Resources"]), expanded["Conditions"]
    )

    for name, given in variables.items():
        text = "".join(itertools.chain(*resolver.resolve(given).items()))
        assert len(text.encode()) <= MOST_BYTES, name
