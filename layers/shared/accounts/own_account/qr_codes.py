"""QR codes, which phones read off a screen."""

import segno


def svg(text: str) -> str:
    """Return the QR code of a text as an SVG image, black on white whatever the page is.

    It stands by itself: in a page, or as a file.
    """
    code = segno.make_qr(text, error="m")
    return code.svg_inline(omitsize=True, light="#fff")
