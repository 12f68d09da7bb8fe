"""What tests know of an endpoint: its route, who may call it, what it takes and what it costs."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from tests.support.callers import Callers

if TYPE_CHECKING:
    from tests.support.answers import Answer
    from tests.support.scene import Scene

Body = Mapping[str, Any]


# eq: there is one of each, and what it holds cannot be hashed
@dataclass(frozen=True, eq=False)
class Endpoint:
    """An endpoint: its route, its callers, a request that succeeds, and what that costs.

    ``requests`` are those to AWS, by operation; ``units`` are what DynamoDB counts for them, read
    and written. ``body`` and ``parameters`` (of the path) are made for the scene where the request
    has them; ``optional`` are the fields of that body that may be left out.
    """

    method: str
    path: str
    callers: Callers
    requests: Mapping[str, int]
    units: tuple[float, float] = (0, 0)
    status: int = 200
    body: "Callable[[Scene], Body] | None" = None
    parameters: "Callable[[Scene], Mapping[str, str]]" = lambda _: {}
    optional: frozenset[str] = frozenset()

    @property
    def key(self) -> str:
        """Return the route's name."""
        return f"{self.method} {self.path}"

    @property
    def zone(self) -> str:
        """Return who may call, as the path says."""
        zone = self.path.split("/")[3] if self.path.startswith("/api/") else "public"
        assert zone in ("public", "private", "server")
        return zone

    @property
    def permission(self) -> str | None:
        """Return what the server zone asks for."""
        return self.callers.permission

    def at(
        self, query: Mapping[str, object] | None = None, /, **parameters: object
    ) -> tuple[str, str]:
        """Return method and path, with these parameters in it, as ``Api.call`` takes them."""
        path = self.path.format(**parameters)
        return self.method, f"{path}?{urlencode(query)}" if query else path

    def request(self, scene: "Scene", **other: Any) -> dict[str, Any]:  # noqa: ANN401 - as Api.call
        """Return the request that succeeds, as ``Api.call`` takes it, but for what is ``other``."""
        method, path = self.at(**self.parameters(scene))
        request: dict[str, Any] = {"method": method, "path": path}
        if "token" not in other and self.zone != "public":
            request["token"] = scene.token_for(self)
        if self.body is not None and "body" not in other and "json" not in other:
            request["json"] = self.body(scene)
        return request | other

    def call(self, scene: "Scene", **other: Any) -> "Answer":  # noqa: ANN401 - as Api.call
        """Send the request that succeeds, but for what is ``other`` about it."""
        return scene.api.call(**self.request(scene, **other))
