"""The emergency rotation of the signing key: what signed until now verifies no more, at once."""

from collections.abc import Iterator, Mapping

import boto3

from infra.manage.problems import RefusedError

Parameters = Mapping[str, str]

# however an update takes over otherwise, and whatever alarm is on because of what happened
AT_ONCE: Parameters = {"TrafficShift": "AllAtOnce", "RollBackOnAlarm": "false"}
CAPABILITIES = ["CAPABILITY_IAM", "CAPABILITY_AUTO_EXPAND"]


def updates(now: Parameters, key: str) -> Iterator[Parameters]:
    """Return the parameters that change, update by update, until ``key`` alone signs and verifies.

    An update changes roles before functions. So the key that signs until now is taken away only
    when no function signs with it any more: in one step, all would fail until the last has moved.

    Raises:
        RefusedError: that is so already.
    """
    has_to_sign = now["ActiveSigningKey"] != key
    if not has_to_sign and now["PublishBothSigningKeys"] == "false":
        raise RefusedError(f"Key {key} is the only one already. Name the other to rotate again.")
    if has_to_sign:
        yield {"ActiveSigningKey": key, "PublishBothSigningKeys": "true", **AT_ONCE}
    yield {"PublishBothSigningKeys": "false", **AT_ONCE}
    usual = {name: now[name] for name in AT_ONCE}
    # CloudFormation refuses an update that changes nothing
    if usual != AT_ONCE:
        yield usual


def parameters(stack: str) -> Parameters:
    """Return the stack's parameters.

    Raises:
        BotoCoreError, ClientError: AWS does not say.
    """
    (described,) = boto3.client("cloudformation").describe_stacks(StackName=stack)["Stacks"]
    return {one["ParameterKey"]: one["ParameterValue"] for one in described["Parameters"]}


def update(stack: str, changes: Parameters) -> None:
    """Change these parameters of what is deployed, code and all else as they are, and wait.

    Raises:
        BotoCoreError, ClientError: it did not succeed, and CloudFormation has taken it back.
    """
    client = boto3.client("cloudformation")
    given = [
        {"ParameterKey": name, "ParameterValue": changes[name]}
        if name in changes
        else {"ParameterKey": name, "UsePreviousValue": True}
        for name in parameters(stack)
    ]
    client.update_stack(
        StackName=stack, UsePreviousTemplate=True, Parameters=given, Capabilities=CAPABILITIES
    )
    client.get_waiter("stack_update_complete").wait(StackName=stack)
