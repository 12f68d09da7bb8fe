"""Bar charts as SVG, in colours that can be read on a light page and on a dark one."""

from collections.abc import Sequence
from dataclasses import dataclass
from xml.sax.saxutils import escape

WIDTH, LABEL = 760, 250
# of text, on average
CHARACTER = 7.4
BAR, GAP, MARGIN, HEAD, LEGEND = 20, 8, 12, 34, 22
# told apart by those, too, who see fewer colours (Okabe and Ito)
COLOURS = ("#0072b2", "#e69f00", "#009e73", "#cc79a7", "#56b4e9", "#d55e00", "#999999", "#f0e442")
STYLE = (
    "text{font:13px system-ui,sans-serif;fill:#24292f}.title{font-weight:600;font-size:15px}"
    "@media(prefers-color-scheme:dark){text{fill:#e6edf3}}"
)


@dataclass(frozen=True)
class Bar:
    """A bar: its pieces one after another, what is said at its end, and its spread if any."""

    label: str
    pieces: Sequence[float]
    told: str
    low: float | None = None
    high: float | None = None

    @property
    def length(self) -> float:
        """Return how long it is, in the unit of its pieces."""
        return sum(self.pieces)

    @property
    def end(self) -> float:
        """Return how far it reaches with its spread."""
        return max(self.length, self.high or 0)


def bars(title: str, given: Sequence[Bar], legend: Sequence[str] = ()) -> str:
    """Return a chart of these bars; ``legend`` names their pieces, one colour each.

    Raises:
        ValueError: there is no bar, none is longer than nothing, or there are too many pieces.
    """
    longest = max((bar.end for bar in given), default=0.0)
    if longest <= 0 or max(len(bar.pieces) for bar in given) > len(COLOURS):
        raise ValueError(title)
    top = HEAD + MARGIN + LEGEND * _lines(legend)
    height = top + len(given) * (BAR + GAP) + MARGIN
    # so that each has room for what is said at its end
    scale = min(_room(bar) / bar.end for bar in given if bar.end > 0)
    drawn = [_bar(bar, top + row * (BAR + GAP), scale) for row, bar in enumerate(given)]
    lines = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}" role="img">',
        f"<title>{escape(title)}</title>",
        f"<style>{STYLE}</style>",
        f'<text class="title" x="{MARGIN}" y="24">{escape(title)}</text>',
        *(_key(place, name) for place, name in enumerate(legend)),
        *(line for bar in drawn for line in bar),
        "</svg>",
    ]
    return "".join(f"{line}\n" for line in lines)


def _room(bar: Bar) -> float:
    return WIDTH - LABEL - 2 * MARGIN - CHARACTER * len(bar.told)


def _lines(legend: Sequence[str]) -> int:
    return -(-len(legend) // 4)


def _key(place: int, name: str) -> str:
    x = MARGIN + place % 4 * (WIDTH - MARGIN) // 4
    y = HEAD + MARGIN // 2 + LEGEND * (place // 4)
    return (
        f'<rect x="{x}" y="{y}" width="12" height="12" fill="{COLOURS[place]}"/>'
        f'<text x="{x + 18}" y="{y + 11}">{escape(name)}</text>'
    )


def _bar(bar: Bar, y: int, scale: float) -> list[str]:
    middle, x = y + BAR / 2, float(LABEL)
    drawn = [f'<text x="{LABEL - 10}" y="{y + 15}" text-anchor="end">{escape(bar.label)}</text>']
    for colour, piece in zip(COLOURS, bar.pieces, strict=False):
        width = piece * scale
        drawn.append(
            f'<rect x="{x:.1f}" y="{y}" width="{width:.1f}" height="{BAR}" fill="{colour}"/>'
        )
        x += width
    if bar.low is not None and bar.high is not None:
        low, high = LABEL + bar.low * scale, LABEL + bar.high * scale
        drawn.append(
            f'<path d="M{low:.1f} {middle}H{high:.1f}" stroke="#888888" stroke-width="3"/>'
        )
        x = max(x, high)
    drawn.append(f'<text x="{x + 8:.1f}" y="{y + 15}">{escape(bar.told)}</text>')
    return drawn
