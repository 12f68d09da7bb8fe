"""CloudFormation's API over one rehearsed stack, as far as the operator's commands ask for it.

An update is done when its answer is sent; AWS answers first and takes minutes.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING
from xml.etree import ElementTree as ET

from werkzeug import Request, Response

from infra.local.template.parameters import parameter_values
from tests.support.rehearsal.kinds import ResourceError
from tests.support.rehearsal.rehearsal import Live, Rehearsal
from tests.support.rehearsal.stack import RolledBackError

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIEnvironment

TIME = "2026-01-01T00:00:00Z"
CAPABILITIES = {"CAPABILITY_IAM", "CAPABILITY_AUTO_EXPAND"}

Form = Mapping[str, str]
# what an XML element holds: a text, elements by name, or members
Content = str | Mapping[str, "Content"] | list["Content"]


@dataclass(frozen=True)
class Updated:
    """A stack after an update: its parameters, what runs, and by function the keys it may use."""

    parameters: Mapping[str, str]
    live: Live
    usable: Mapping[str, set[str]]


class CloudFormation:
    """Answers DescribeStacks, DescribeStackResource and UpdateStack, and notes the updates."""

    def __init__(self, rehearsal: Rehearsal) -> None:
        self.updates: list[Updated] = []
        self._rehearsal = rehearsal
        self._status = "CREATE_COMPLETE"
        self._actions: Mapping[str, Callable[[Form], Content]] = {
            "DescribeStackResource": self._describe_resource,
            "DescribeStacks": self._describe,
            "UpdateStack": self._update,
        }

    def __call__(
        self, environ: "WSGIEnvironment", start_response: "StartResponse"
    ) -> Iterable[bytes]:
        """Answer one request."""
        form = Request(environ).form.to_dict()
        action = form["Action"]
        try:
            result = {f"{action}Result": self._actions[action](form)}
            response = Response(_xml(f"{action}Response", result))
        except ResourceError as error:
            refused = {"Error": {"Code": "ValidationError", "Message": str(error)}}
            response = Response(_xml("ErrorResponse", refused), 400)
        return response(environ, start_response)

    def seen(self) -> Updated:
        """Return the stack as it is now."""
        return Updated(self._parameters(), self._rehearsal.live(), self._rehearsal.usable_keys())

    def _parameters(self) -> Mapping[str, str]:
        declared = self._rehearsal.template["Parameters"]
        values = parameter_values(declared, self._rehearsal.parameters)
        return {name: str(values[name]) for name in declared}

    def _describe(self, form: Form) -> Content:
        parameters: Content = [
            {"ParameterKey": name, "ParameterValue": value}
            for name, value in self._parameters().items()
        ]
        stack: Content = {
            "StackName": form["StackName"],
            "CreationTime": TIME,
            "StackStatus": self._status,
            "Parameters": parameters,
        }
        return {"Stacks": [stack]}

    def _describe_resource(self, form: Form) -> Content:
        name = form["LogicalResourceId"]
        if name not in self._rehearsal.stack.resources:
            raise ResourceError(f"Resource {name} does not exist")
        return {
            "StackResourceDetail": {
                "LogicalResourceId": name,
                "PhysicalResourceId": self._rehearsal.id(name),
                "LastUpdatedTimestamp": TIME,
            }
        }

    def _update(self, form: Form) -> Content:
        if form.get("UsePreviousTemplate") != "true" or set(_members(form, "Capabilities")) != (
            CAPABILITIES
        ):
            raise ResourceError("Only updates of the template that is deployed are played here")
        before = self._rehearsal.stack.resources
        try:
            self._rehearsal.update(self._wanted(form))
            self._status = "UPDATE_COMPLETE"
        except RolledBackError:
            self._status = "UPDATE_ROLLBACK_COMPLETE"
        if all(made is before.get(n) for n, made in self._rehearsal.stack.resources.items()):
            raise ResourceError("No updates are to be performed.")
        self.updates.append(self.seen())
        return {"StackId": form["StackName"]}

    def _wanted(self, form: Form) -> Mapping[str, str]:
        """Return the parameters as an update names them; one that it does not is its default."""
        kept = self._parameters()
        named: dict[str, str] = {}
        for number in range(1, len(kept) + 1):
            one = f"Parameters.member.{number}."
            if f"{one}ParameterKey" in form:
                name = form[f"{one}ParameterKey"]
                uses_previous = form.get(f"{one}UsePreviousValue") == "true"
                named[name] = kept[name] if uses_previous else form[f"{one}ParameterValue"]
        return named


def _members(form: Form, name: str) -> Iterable[str]:
    return (value for key, value in form.items() if key.startswith(f"{name}.member."))


def _xml(name: str, content: Content) -> bytes:
    root = ET.Element(name)
    _fill(root, content)
    return ET.tostring(root)


def _fill(element: ET.Element, content: Content) -> None:
    match content:
        case str():
            element.text = content
        case list():
            for member in content:
                _fill(ET.SubElement(element, "member"), member)
        case _:
            for name, value in content.items():
                _fill(ET.SubElement(element, name), value)
