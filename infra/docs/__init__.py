"""What is written from the template, the handlers and the tests' register: tables and routes.

It stays on the bench; ``python -m infra.docs`` (``make docs``) writes, and a test compares.
"""

import infra.local  # noqa: F401 - puts the layer where Python looks, for the schemas in it
