"""Names for devices that their owners recognise."""


def label(user_agent: str) -> str:
    """Return a device's name by its user agent."""
    return user_agent or "Unknown device"
