"""The error of a stack that cannot run here."""


class CannotRunError(Exception):
    """The stack cannot run; the text says why and, if that helps, what to do."""
