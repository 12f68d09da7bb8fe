from accounts import packages  # noqa: F401 - before what is in this room
