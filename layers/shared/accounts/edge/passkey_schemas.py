"""What the bodies of requests about passkeys must look like: WebAuthn's own forms of JSON.

That is what ``toJSON()`` of a browser's ``PublicKeyCredential`` says (Level 3 section 5.1).
Browsers may say more than is known today, so what is not asked for is not looked at there.
"""

import base64
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, ConfigDict, Field
from pydantic_core import PydanticCustomError

from accounts.credentials import opaque
from accounts.credentials.browser_answers import Assertion, Registration
from accounts.edge.fields import Name, OpaqueToken, RequestSchema, formed

# a credential's id has up to 1,023 (WebAuthn Level 3 section 4), the rest what fits into a request
ID_BYTES = 1023
LONGEST_BYTES = 8192
# of RSA with 4,096 bits
SIGNATURE_BYTES = 512
# WebAuthn Level 3 section 5.4.3
HANDLE_BYTES = 64
MOST_TRANSPORTS = 8


def _of_base64url(most: int) -> BeforeValidator:
    """Return what reads base64url without padding (RFC 4648 section 5), of so many bytes."""
    rule = {"rule": f"Must be base64url without padding, of at most {most} bytes"}

    def read(value: Any) -> bytes:  # noqa: ANN401 - whatever JSON holds
        # of several texts that tell the same bytes one is right
        data = _decoded(value) if isinstance(value, str) else None
        if data is None or len(data) > most or opaque.base64url(data) != value:
            raise PydanticCustomError("format", "{rule}", rule)
        return data

    return BeforeValidator(read)


def _decoded(text: str) -> bytes | None:
    try:
        return base64.b64decode(text + "=" * (-len(text) % 4), b"-_", validate=True)
    except ValueError:
        return None


CredentialId = Annotated[bytes, _of_base64url(ID_BYTES)]
Signature = Annotated[bytes, _of_base64url(SIGNATURE_BYTES)]
UserHandle = Annotated[bytes, _of_base64url(HANDLE_BYTES)]
Binary = Annotated[bytes, _of_base64url(LONGEST_BYTES)]
Transport = Annotated[str, formed("[a-z-]{1,32}", "Must be up to 32 of a to z and -")]


class _FromBrowser(RequestSchema):
    """Base of what a browser says itself."""

    model_config = ConfigDict(extra="ignore")


class AttestationResponse(_FromBrowser):
    """What the authenticator said of the key that it made."""

    client_data: Binary = Field(alias="clientDataJSON")
    attestation_object: Binary = Field(alias="attestationObject")
    transports: Annotated[list[Transport], Field(max_length=MOST_TRANSPORTS, default_factory=list)]


class AssertionResponse(_FromBrowser):
    """What the authenticator said, and signed."""

    client_data: Binary = Field(alias="clientDataJSON")
    authenticator_data: Binary = Field(alias="authenticatorData")
    signature: Signature
    user_handle: UserHandle | None = Field(default=None, alias="userHandle")


class RegistrationSchema(_FromBrowser):
    """A passkey that was made (``RegistrationResponseJSON``)."""

    raw_id: CredentialId = Field(alias="rawId")
    type: Literal["public-key"]
    response: AttestationResponse

    def answer(self) -> Registration:
        """Return what the browser hands over."""
        said = self.response
        transports = tuple(said.transports)
        return Registration(self.raw_id, said.client_data, said.attestation_object, transports)


class AssertionSchema(_FromBrowser):
    """The use of a passkey (``AuthenticationResponseJSON``)."""

    raw_id: CredentialId = Field(alias="rawId")
    type: Literal["public-key"]
    response: AssertionResponse

    def answer(self) -> Assertion:
        """Return what the browser hands over."""
        said = self.response
        return Assertion(
            self.raw_id,
            said.client_data,
            said.authenticator_data,
            said.signature,
            said.user_handle,
        )


class PasskeyOptionsSchema(RequestSchema):
    """A request for what a browser has to know of a passkey, to make one or to use one."""

    purpose: Annotated[str, formed("enrol|confirm", "Must be enrol or confirm")]


class AddPasskeySchema(RequestSchema):
    """One more passkey."""

    credential: RegistrationSchema
    label: Name | None = None


class RenamePasskeySchema(RequestSchema):
    """Another label."""

    label: Name


class PasskeyLogInOptionsSchema(RequestSchema):
    """A request for what a browser has to know to sign in; the second step has a challenge."""

    challenge: OpaqueToken | None = None


class PasskeyLogInSchema(RequestSchema):
    """A log-in with a passkey; a browser's device token is in its cookie."""

    credential: AssertionSchema
    device_token: OpaqueToken | None = None
