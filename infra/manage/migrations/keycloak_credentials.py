"""The credentials of a user of Keycloak, of version 8 and later.

Each has a type, and two texts of JSON: ``secretData``, and in ``credentialData`` how it was made.
"""

import base64
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from infra.manage.migrations import people
from infra.manage.user_lines import LineRefusedError

DIGESTS = {"pbkdf2": "sha1", "pbkdf2-sha256": "sha256", "pbkdf2-sha512": "sha512"}
ARGON2_VERSIONS = {"1.0": 16, "1.3": 19}
# what apps do here, too
OUR_TOTP = {"subType": "totp", "digits": 6, "period": 30, "algorithm": "HmacSHA1"}


class Credentials(NamedTuple):
    """What somebody proves with who they are, as our lines have it, and what stays behind."""

    password_hash: str | None
    totp_secret: str | None
    left_behind: Sequence[str]


class _Credential(NamedTuple):
    kind: str
    secret: Mapping[str, Any]
    data: Mapping[str, Any]


def taken(given: Sequence[object]) -> Credentials:
    """Return what can be taken of the credentials: the first password, and the first app.

    Raises:
        LineRefusedError: one has another form.
    """
    password_hash = totp_secret = None
    left_behind = []
    for one in map(_read, given):
        if one.kind == "password" and one.data and password_hash is None:
            password_hash = _password_hash(one)
        elif one.kind == "otp" and _is_as_ours(one) and totp_secret is None:
            totp_secret = _totp_secret(one)
        else:
            left_behind.append(f"credential {one.kind}")
    return Credentials(password_hash, totp_secret, left_behind)


def _read(given: object) -> _Credential:
    if not isinstance(given, dict):
        raise LineRefusedError("credentials: Must be objects")
    secret, data = _content(given, "secretData"), _content(given, "credentialData")
    return _Credential(str(given.get("type")), secret, data)


def _content(given: Mapping[str, Any], field: str) -> Mapping[str, Any]:
    content = people.json_object(given.get(field) or "{}")
    if content is None:
        raise LineRefusedError(f"credentials: {field} is no JSON object")
    return content


def _password_hash(one: _Credential) -> str:
    """Return the hash in the PHC string format; what is of no kind known here is refused later."""
    algorithm, iterations = one.data.get("algorithm"), one.data.get("hashIterations")
    tail = "$".join(str(one.secret.get(it, "")).rstrip("=") for it in ("salt", "value"))
    if digest := DIGESTS.get(str(algorithm)):
        return f"$pbkdf2-{digest}$i={iterations}${tail}"
    said = one.data.get("additionalParameters")
    more = {name: it[0] for name, it in said.items() if it} if isinstance(said, dict) else {}
    version = ARGON2_VERSIONS.get(more.get("version", ""))
    cost = f"m={more.get('memory')},t={iterations},p={more.get('parallelism')}"
    return f"${algorithm}{more.get('type')}$v={version}${cost}${tail}"


def _is_as_ours(one: _Credential) -> bool:
    return {name: one.data.get(name) for name in OUR_TOTP} == OUR_TOTP


def _totp_secret(one: _Credential) -> str:
    secret = str(one.secret.get("value", ""))
    if one.data.get("secretEncoding") == "BASE32":
        return secret
    # apps were shown the base32 of its letters
    return base64.b32encode(secret.encode()).decode()
