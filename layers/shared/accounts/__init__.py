"""The shared package of the users service: all that the Lambda handlers have in common.

Imports run one way: ``http`` -> ``schemas`` -> the domain (``registration``, ``login``,
``recovery``, ``sessions``, ...) -> ``transactions`` -> ``tables`` -> ``settings``, ``errors``,
``clock``.
"""
