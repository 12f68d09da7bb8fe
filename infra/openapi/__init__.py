"""The contract that machines read: openapi.json, made of handlers, schemas, views and errors.

It stays on the bench; ``python -m infra.openapi`` (``make openapi``) writes, and a test compares.
"""

import infra.local  # noqa: F401 - puts the layer where Python looks
