"""Other code for the functions of a stack that is rehearsed."""

import boto3

from tests.support.rehearsal.packaged import changed_code
from tests.support.rehearsal.rehearsal import Rehearsal

FAILING_SETUP = """

def _fails(properties):
    raise OSError("the deployment is to fail")


handler = custom_resource(_fails)
"""


def change(rehearsal: Rehearsal, function: str, file: str, append: str) -> str:
    """Give a function, and those that are packaged with it, other code; returns where it was."""
    functions = rehearsal.template["Resources"]
    uri: str = functions[function]["Properties"]["CodeUri"]
    recode(rehearsal, uri, changed_code(boto3.client("s3"), uri, file, append))
    return uri


def fail_setup(rehearsal: Rehearsal) -> str:
    """Have the set-up function fail from now on; returns where its code was."""
    return change(rehearsal, "PrepareStack", "prepare_stack.py", FAILING_SETUP)


def recode(rehearsal: Rehearsal, old: str, new: str) -> None:
    """Have what was packaged at one place be at another."""
    for resource in rehearsal.template["Resources"].values():
        if resource.get("Properties", {}).get("CodeUri") == old:
            resource["Properties"]["CodeUri"] = new
