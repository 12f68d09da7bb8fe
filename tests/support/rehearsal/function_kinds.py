"""Functions, their versions, aliases and layers, in moto's server."""

from collections.abc import Callable
from typing import Any

from tests.support.rehearsal.kinds import Made, Properties, ResourceError

# what Lambda compares to tell whether there is anything to publish
CONFIGURATION = (
    "Description",
    "Environment",
    "Handler",
    "Layers",
    "LoggingConfig",
    "MemorySize",
    "Role",
    "Runtime",
    "SnapStart",
    "Timeout",
    "TracingConfig",
)


class Functions:
    """``AWS::Lambda::Function``."""

    def __init__(self, client: Callable[[str], Any]) -> None:
        self._lambda = client("lambda")

    def make(self, name: str, properties: Properties) -> Made:
        """Make the function."""
        function = self._lambda.create_function(
            FunctionName=name,
            Code=properties["Code"],
            Architectures=properties["Architectures"],
            **_configuration(properties),
        )
        self._reserve(name, properties)
        return Made(name, properties, {"Arn": function["FunctionArn"]})

    def change(self, made: Made, properties: Properties) -> Made:
        """Change what differs; Lambda publishes no version for anything else."""
        if _configuration(properties) != _configuration(made.properties):
            self._lambda.update_function_configuration(
                FunctionName=made.physical_id, **_configuration(properties)
            )
        if any(properties[name] != made.properties[name] for name in ("Code", "Architectures")):
            self._lambda.update_function_code(
                FunctionName=made.physical_id,
                Architectures=properties["Architectures"],
                **properties["Code"],
            )
        self._reserve(made.physical_id, properties)
        return Made(made.physical_id, properties, made.attributes)

    def remove(self, made: Made) -> None:
        """Delete the function with all its versions."""
        self._lambda.delete_function(FunctionName=made.physical_id)

    def _reserve(self, name: str, properties: Properties) -> None:
        if "ReservedConcurrentExecutions" in properties:
            self._lambda.put_function_concurrency(
                FunctionName=name,
                ReservedConcurrentExecutions=int(properties["ReservedConcurrentExecutions"]),
            )


class Versions:
    """``AWS::Lambda::Version``."""

    def __init__(self, client: Callable[[str], Any]) -> None:
        self._lambda = client("lambda")
        self._latest: dict[str, str] = {}

    def make(self, _name: str, properties: Properties) -> Made:
        """Publish a version.

        Raises:
            ResourceError: the function is as its last version, so that Lambda publishes none.
        """
        function = properties["FunctionName"]
        published = self._lambda.publish_version(FunctionName=function)
        version = published["Version"]
        if self._latest.get(function) == version:
            raise ResourceError(f"A version for {function} exists ({version})")
        self._latest[function] = version
        return Made(published["FunctionArn"], properties, {"Version": version})

    def change(self, made: Made, _properties: Properties) -> Made:
        """Refuse: a version never changes."""
        raise ResourceError(f"{made.physical_id} would change")

    def remove(self, made: Made) -> None:
        """Leave it: moto would give its number to the next one, as AWS never does."""


class Aliases:
    """``AWS::Lambda::Alias``, all at once: CodeDeploy's part is left out."""

    def __init__(self, client: Callable[[str], Any]) -> None:
        self._lambda = client("lambda")

    def make(self, _name: str, properties: Properties) -> Made:
        """Make the alias."""
        alias = self._lambda.create_alias(**properties)
        return Made(alias["AliasArn"], properties)

    def change(self, made: Made, properties: Properties) -> Made:
        """Have the alias lead to another version."""
        self._lambda.update_alias(**properties)
        return Made(made.physical_id, properties)

    def remove(self, made: Made) -> None:
        """Delete the alias."""
        self._lambda.delete_alias(
            FunctionName=made.properties["FunctionName"], Name=made.properties["Name"]
        )


class Layers:
    """``AWS::Lambda::LayerVersion``."""

    def __init__(self, client: Callable[[str], Any]) -> None:
        self._lambda = client("lambda")

    def make(self, _name: str, properties: Properties) -> Made:
        """Publish the layer."""
        layer = self._lambda.publish_layer_version(
            LayerName=properties["LayerName"],
            Content=properties["Content"],
            CompatibleRuntimes=properties["CompatibleRuntimes"],
        )
        return Made(layer["LayerVersionArn"], properties)

    def change(self, made: Made, _properties: Properties) -> Made:
        """Refuse: a layer's version never changes."""
        raise ResourceError(f"{made.physical_id} would change")

    def remove(self, made: Made) -> None:
        """Delete the version of the layer."""
        name, version = made.physical_id.rsplit(":", 2)[1:]
        self._lambda.delete_layer_version(LayerName=name, VersionNumber=int(version))


def _configuration(properties: Properties) -> dict[str, Any]:
    numbers = ("MemorySize", "Timeout")
    return {
        name: int(properties[name]) if name in numbers else properties[name]
        for name in CONFIGURATION
        if name in properties
    }
