"""Authenticators that are not there, for tests with passkeys in a real browser."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, cast

if TYPE_CHECKING:
    from playwright.sync_api import Page


class PasskeyDevice:
    """A virtual authenticator, plugged into a page."""

    def __init__(self, page: "Page", **options: object) -> None:
        self._protocol: Any = page.context.new_cdp_session(page)
        self._protocol.send("WebAuthn.enable")
        given = {
            "protocol": "ctap2",
            "transport": "internal",
            "hasResidentKey": True,
            "hasUserVerification": True,
            "isUserVerified": True,
            "automaticPresenceSimulation": True,
            **options,
        }
        added = self._protocol.send("WebAuthn.addVirtualAuthenticator", {"options": given})
        self._id = added["authenticatorId"]

    def credentials(self) -> list[dict[str, Any]]:
        """Return the keys that it has."""
        asked = {"authenticatorId": self._id}
        told = self._protocol.send("WebAuthn.getCredentials", asked)
        return cast("list[dict[str, Any]]", told["credentials"])

    def take(self, credential: Mapping[str, Any]) -> None:
        """Have a key of another device, as one that is kept in several places."""
        given = {"authenticatorId": self._id, "credential": dict(credential)}
        self._protocol.send("WebAuthn.addCredential", given)

    def touch(self, *, whether: bool) -> None:
        """Have its user touch it at once when it is asked, or not at all."""
        given = {"authenticatorId": self._id, "enabled": whether}
        self._protocol.send("WebAuthn.setAutomaticPresenceSimulation", given)

    def verify(self, *, whether: bool) -> None:
        """Have its user verified from now on, or not."""
        given = {"authenticatorId": self._id, "isUserVerified": whether}
        self._protocol.send("WebAuthn.setUserVerified", given)
