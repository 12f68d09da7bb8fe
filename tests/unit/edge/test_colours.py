"""A deployer's colour can be read on the pages, whatever it is."""

import pytest

from accounts.edge import colours


@pytest.mark.parametrize(
    ("one", "other", "ratio"),
    [
        ("#000000", "#ffffff", 21.0),
        ("#ffffff", "#ffffff", 1.0),
        # of WebAIM's contrast checker
        ("#777777", "#ffffff", 4.48),
        ("#ff0000", "#ffffff", 4.0),
        ("#0000ff", "#ffff00", 8.0),
    ],
)
def test_contrast_is_that_of_the_standard(one: str, other: str, ratio: float) -> None:
    assert colours.contrast(one, other) == pytest.approx(ratio, abs=0.005)
    assert colours.contrast(other, one) == colours.contrast(one, other)


@pytest.mark.parametrize(
    "colour", ["#000000", "#ffffff", "#ffd400", "#1f6feb", "#777777", "#00ff00", "#1A0033"]
)
def test_any_colour_can_be_read_in_both_themes(colour: str) -> None:
    for theme, shade in colours.readable(colour).items():
        assert colours.contrast(shade, colours.BEHIND[theme]) >= 4.5


def test_colour_that_can_be_read_stays_as_it_is() -> None:
    assert colours.readable("#1d4ed8")["light"] == "#1d4ed8"
    assert colours.readable("#93c5fd")["dark"] == "#93c5fd"
