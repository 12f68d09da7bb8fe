"""What a browser hands over of what an authenticator said, not yet checked."""

from typing import NamedTuple


class Registration(NamedTuple):
    """The answer to ``navigator.credentials.create`` (WebAuthn Level 3 section 5.2.1)."""

    credential_id: bytes
    client_data: bytes
    attestation_object: bytes
    transports: tuple[str, ...] = ()


class Assertion(NamedTuple):
    """The answer to ``navigator.credentials.get`` (WebAuthn Level 3 section 5.2.2)."""

    credential_id: bytes
    client_data: bytes
    authenticator_data: bytes
    signature: bytes
    user_handle: bytes | None
