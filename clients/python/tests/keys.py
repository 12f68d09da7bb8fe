"""A users service that publishes one key, and what it signs with that."""

import json
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import jwt
from cryptography.hazmat.primitives.asymmetric import ec


class Keys:
    """A users service that publishes one key, and what it signs with that."""

    def __init__(self, url: str, audience: str = "users") -> None:
        self.url = url
        self.asked: list[str] = []
        self._audience = audience
        self._key = ec.generate_private_key(ec.SECP256R1())

    @property
    def jwks(self) -> dict[str, Any]:
        public = jwt.algorithms.ECAlgorithm.to_jwk(self._key.public_key(), as_dict=True)
        return {"keys": [{**public, "kid": "key", "alg": "ES256", "use": "sig"}]}

    def token(self, kid: str = "key", **claims: object) -> str:
        now = int(time.time())
        made = {
            "iss": self.url,
            "aud": self._audience,
            "sub": "123",
            "sid": "session",
            "role": "read_only",
            "permissions": ["content:read"],
            "iat": now,
            "nbf": now,
            "exp": now + 900,
            **claims,
        }
        kept = {name: value for name, value in made.items() if value is not None}
        headers = {"kid": kid, "typ": "at+jwt"}
        return jwt.encode(kept, self._key, algorithm="ES256", headers=headers)


@contextmanager
def published(instead: object = None) -> Iterator[Keys]:
    """Serve keys while the context lasts, or something instead of them."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            keys.asked.append(self.path)
            content = keys.jwks if instead is None else instead
            self.send_response(200)
            self.end_headers()
            text = content if isinstance(content, str) else json.dumps(content)
            self.wfile.write(text.encode())

        def log_message(self, *_: object) -> None:
            """Stay quiet."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        keys = Keys(f"http://127.0.0.1:{server.server_port}")
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        try:
            yield keys
        finally:
            server.shutdown()
            thread.join()
