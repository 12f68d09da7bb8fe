"""The built functions in Docker, on the stack of `make run`: what ``make sam-local`` starts.

``sam local start-api`` gives a container only such variables as the template declares, and knows
nothing of the stack. ``given`` writes what it is to be given, ``docker`` tells where this machine
is for containers, ``relay`` lets them in, ``__main__`` is the command.
"""
