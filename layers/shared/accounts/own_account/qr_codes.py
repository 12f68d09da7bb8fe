"""QR codes, which phones read off a screen."""

import io

import segno


def svg(text: str) -> str:
    """Return the QR code of a text as an SVG image, black on white whatever the page is.

    It stands by itself: in a page, or as a file.
    """
    code = segno.make_qr(text, error="m")
    written = io.BytesIO()
    code.save(written, kind="svg", xmldecl=False, nl=False, omitsize=True, light="#fff")
    return written.getvalue().decode()
