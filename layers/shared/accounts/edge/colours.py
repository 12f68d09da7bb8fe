"""A deployer's colour, made readable where the pages have it (WCAG 2.2, criterion 1.4.3)."""

from collections.abc import Mapping, Sequence

# contrast of text with what it is on
LEAST_CONTRAST = 4.5
# the darkest that a light page, and the lightest that a dark one, has behind text
BEHIND: Mapping[str, str] = {"light": "#f4f4f5", "dark": "#27272a"}
_TOWARDS: Mapping[str, int] = {"light": 0, "dark": 255}
_STEPS = 32
# of sRGB (IEC 61966-2-1): below it, channels are linear
_LINEAR_SHARE = 0.04045


def readable(colour: str) -> Mapping[str, str]:
    """Return the colour for each theme, as little darker or lighter as it has to be."""
    return {theme: _readable(colour, theme) for theme in BEHIND}


def contrast(one: str, other: str) -> float:
    """Return the contrast ratio of two colours, from 1 to 21."""
    darker, lighter = sorted(map(_luminance, (one, other)))
    return (lighter + 0.05) / (darker + 0.05)


def _readable(colour: str, theme: str) -> str:
    shades = (_mixed(_channels(colour), _TOWARDS[theme], step) for step in range(_STEPS + 1))
    return next(shade for shade in shades if contrast(shade, BEHIND[theme]) >= LEAST_CONTRAST)


def _mixed(channels: Sequence[int], towards: int, step: int) -> str:
    return "#" + "".join(f"{c + (towards - c) * step // _STEPS:02x}" for c in channels)


def _luminance(colour: str) -> float:
    red, green, blue = map(_linear, _channels(colour))
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _linear(channel: int) -> float:
    share = channel / 255
    if share <= _LINEAR_SHARE:
        return share / 12.92
    return float(((share + 0.055) / 1.055) ** 2.4)


def _channels(colour: str) -> Sequence[int]:
    return [int(colour[start : start + 2], 16) for start in (1, 3, 5)]
