"""CloudFormation's protocol for custom resources."""

import json
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

import urllib3

from accounts import invocation, logs

if TYPE_CHECKING:
    from aws_lambda_powertools.utilities.typing import LambdaContext

REPLY_TIMEOUT_SECONDS = 5
REPLY_RETRIES = 3
# kept free for it, of the function's time
LONGEST_REPLY_SECONDS = (1 + REPLY_RETRIES) * REPLY_TIMEOUT_SECONDS

Prepare = Callable[[Mapping[str, Any]], Mapping[str, str]]
Handler = Callable[[Mapping[str, Any], "LambdaContext"], None]


def custom_resource(prepare: Prepare) -> Handler:
    """Make ``prepare`` the handler of a custom resource.

    It is called with the resource's properties on create and update, and returns the resource's
    attributes; on delete there is nothing to undo. Whatever happens, CloudFormation gets an
    answer, and while there is time to bring it: without one the stack would hang until the
    resource's ``ServiceTimeout``.
    """

    def handler(event: Mapping[str, Any], context: "LambdaContext") -> None:
        invocation.begin(context, reserved_seconds=LONGEST_REPLY_SECONDS)
        try:
            wanted = event["RequestType"] != "Delete"
            data = prepare(event["ResourceProperties"]) if wanted else {}
            # some attributes are for the functions' eyes only
            outcome: Mapping[str, Any] = {"Status": "SUCCESS", "NoEcho": True, "Data": data}
        except Exception as error:  # noqa: BLE001 - told to CloudFormation, which rolls back
            logs.crash(error)
            reason = f"{type(error).__name__}, see log stream {context.log_stream_name}"
            outcome = {"Status": "FAILED", "Reason": reason}
        _reply(event, outcome)

    return handler


def _reply(event: Mapping[str, Any], outcome: Mapping[str, Any]) -> None:
    names = ("StackId", "RequestId", "LogicalResourceId")
    body = {
        **{name: event[name] for name in names},
        "PhysicalResourceId": event.get("PhysicalResourceId", event["LogicalResourceId"]),
        **outcome,
    }
    # the address is signed for a request without a content type
    answer = urllib3.PoolManager().request(
        "PUT",
        event["ResponseURL"],
        body=json.dumps(body),
        headers={"content-type": ""},
        timeout=urllib3.Timeout(total=REPLY_TIMEOUT_SECONDS),
        retries=REPLY_RETRIES,
    )
    if answer.status != 200:  # noqa: PLR2004 - HTTP's own name for it
        raise ConnectionError(f"CloudFormation answered {answer.status}")
