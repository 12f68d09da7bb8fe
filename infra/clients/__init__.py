"""What the Python client has of the contract: a function for each call, a type for each answer.

``python -m infra.clients`` (``make types``) writes it from ``openapi.json``, and a test compares.
"""
