"""The caller's address behind CloudFront, once it has proved that it is ours.

Whatever a client can send, it can forge; so CloudFront adds a secret to each request. Functions
know the secret's digest alone, which may lie open in their environment: nobody finds 256 random
bits by it. So nothing is asked of AWS, and nothing has to be kept secret here.
"""

import ipaddress
from collections.abc import Mapping

from accounts import settings
from accounts.errors import ProxyRequiredError, UnknownEventError

SECRET_HEADER = "x-proxy-secret"  # noqa: S105 - its name
ADDRESS_HEADER = "cloudfront-viewer-address"
# all variables of a function together may have 4,096 bytes
DIGEST_DIGITS = 32


def caller_address(headers: Mapping[str, str], connected_from: str) -> str:
    """Return the address that a request comes from.

    That is ``connected_from``, which the gateway saw, unless a trusted proxy is configured and has
    proved itself: then it is what the proxy saw. The names of ``headers`` are in lower case.

    Raises:
        ProxyRequiredError: the request came around the proxy, and none may.
        UnknownEventError: the proxy does not say where the request comes from.
    """
    deployed = settings.current()
    if not deployed.trusted_proxy:
        return connected_from
    secret = headers.get(SECRET_HEADER)
    # what is compared is no secret, so it does not matter how long that takes
    if secret is not None and digest(secret) in deployed.trusted_proxy:
        return _address(headers.get(ADDRESS_HEADER, ""))
    if deployed.require_proxy:
        raise ProxyRequiredError
    return connected_from


def digest(secret: str) -> str:
    """Return what a proxy's secret is known by: 128 bits of its SHA-256, in hexadecimal."""
    import hashlib  # noqa: PLC0415 - without a proxy nothing is to be loaded for it

    return hashlib.sha256(secret.encode(errors="surrogatepass")).hexdigest()[:DIGEST_DIGITS]


def _address(viewer: str) -> str:
    """Return the address of ``address:port``, in which IPv6 stands without brackets."""
    address, _, _port = viewer.rpartition(":")
    try:
        return str(ipaddress.ip_address(address.removeprefix("[").removesuffix("]")))
    except ValueError as error:
        raise UnknownEventError from error
