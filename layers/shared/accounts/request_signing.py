"""AWS's Signature Version 4, by botocore with what it does twice cut.

It would gather the headers two times for each request, prepare all of it one time more to see its
body, and derive the day's key anew. For services that have JSON posted to them.
"""

import functools
import hashlib
import hmac
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from botocore import auth

if TYPE_CHECKING:
    from botocore.awsrequest import AWSRequest
    from botocore.hooks import BaseEventHooks

VERSION = "v4-once"


class RequestSigner(auth.SigV4Auth):
    """Signs one request, none of whose headers is there twice."""

    _signed: Mapping[str, str] | None = None

    def headers_to_sign(  # type: ignore[override] # a plain mapping instead of a mail's headers
        self, request: "AWSRequest"
    ) -> Mapping[str, str]:
        """Return the headers that the signature covers, by their names in lower case."""
        if self._signed is None:
            sent: dict[str, Any] = {n.lower(): value for n, value in request.headers.items()}
            sent["host"] = urlsplit(request.url).netloc
            names = sorted(sent.keys() - auth.SIGNED_HEADERS_BLACKLIST)
            self._signed = {name: sent[name] for name in names}
        return self._signed

    def canonical_headers(  # type: ignore[override] # as above
        self, headers_to_sign: Mapping[str, str]
    ) -> str:
        """Return the headers as they are signed."""
        return "\n".join(f"{name}:{value}" for name, value in headers_to_sign.items())

    def signed_headers(  # type: ignore[override] # as above
        self, headers_to_sign: Mapping[str, str]
    ) -> str:
        """Return the names of the headers that are signed."""
        return ";".join(headers_to_sign)

    def payload(self, request: "AWSRequest") -> str:
        """Return the digest of the body, which is bytes here and has to be signed."""
        body: Any = request.data
        return hashlib.sha256(body).hexdigest()

    def signature(self, string_to_sign: str, request: "AWSRequest") -> str:
        """Return the signature in hexadecimal."""
        key = _signing_key(self.credentials.secret_key, self.credential_scope(request))
        return hmac.digest(key, string_to_sign.encode(), hashlib.sha256).hex()


def sign_once(events: "BaseEventHooks", service: str) -> None:
    """Have the requests of a client of this service, whose events these are, signed so."""
    auth.AUTH_TYPE_MAPS[VERSION] = RequestSigner
    events.register_first(f"choose-signer.{service}", _version)


def _version(**_: object) -> Any:  # noqa: ANN401 - the stubs have handlers return nothing
    return VERSION


# one a service, until the date or the function's credentials change
@functools.lru_cache(maxsize=4)
def _signing_key(secret: str, scope: str) -> bytes:
    key = f"AWS4{secret}".encode()
    for part in scope.split("/"):
        key = hmac.digest(key, part.encode(), hashlib.sha256)
    return key
