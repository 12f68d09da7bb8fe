"""What a request is about: who is there, what is asked, and what is right."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from infra.local.mail.outbox import Outbox
from tests.support.answers import Answer
from tests.support.apps import App
from tests.support.authenticator import Authenticator
from tests.support.clocks import Clock
from tests.support.people import Person
from tests.support.races.service import Service
from tests.support.scene import APP

# status and code of an answer
Verdict = tuple[int, str | None]


@dataclass
class Scene:
    """Alice on two devices, this one and her laptop, and what the request is about."""

    service: Service
    alice: Person
    laptop: Person
    administrator: Person
    clock: Clock
    outbox: Outbox
    # as it came with the log-in, or from a refresh since
    refresh_token: str = ""
    reset_token: str = ""
    # of a change of alice's address
    email_token: str = ""
    undo_token: str = ""
    device_token: str = ""
    # challenge and code, as the log-in takes them
    code: Mapping[str, str] = field(default_factory=dict)
    # alice's, and the second step of her log-in with it
    app: App = field(default_factory=lambda: App(""))
    second_factor: Mapping[str, str] = field(
        default_factory=lambda: dict.fromkeys(("challenge", "code"), "")
    )
    # alice's authenticator, and what her browser tells of its passkey, made or used
    authenticator: Authenticator = field(default_factory=lambda: Authenticator(APP))
    passkey: Mapping[str, Any] = field(default_factory=dict)
    passkey_id: str = "none"
    # the body of a message on the mail queue
    order: str = ""
    # one of the register's, as ``Api.call`` takes it
    request: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Scenario:
    """A request, the one right answer to it, and what is true once that has been given.

    ``again`` is the right answer to the same request if it has already taken effect, unknown to
    the caller. What takes effect ``in_steps`` may be half done when it fails; asking again does
    the rest. ``beaten`` is the answer to who comes second, where it is another than 409 or 429.
    """

    name: str
    ask: Callable[[Scene], Answer]
    status: int
    code: str | None = None
    again: Verdict | None = None
    arrange: Callable[[Scene], object] = field(default=lambda _: None)
    holds: Callable[[Scene, Answer], object] = field(default=lambda _scene, _answer: None)
    in_steps: bool = False
    beaten: Verdict | None = None

    @property
    def right(self) -> Verdict:
        """Return status and code of the right answer."""
        return self.status, self.code

    def __str__(self) -> str:
        """Return the name, for test ids."""
        return self.name
