"""Schedule of every hour - export the trail to files in a bucket."""

from accounts.events.trail_export import handler

__all__ = ["handler"]
