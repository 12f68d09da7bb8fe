"""Why the stack cannot run here, in words for a person."""


class CannotRunError(Exception):
    """The stack cannot run; the text says why and, if that helps, what to do."""
