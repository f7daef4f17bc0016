"""QR codes as SVG."""

import segno
from django.utils.safestring import SafeString, mark_safe


def qr_code(url: str) -> SafeString:
    """Return an address as a QR code, an SVG without a style of its own."""
    # segno writes nothing of the address into it but squares.
    code = segno.make(url, error="m")
    # White behind it also in the dark: cameras want dark squares on a light ground.
    return mark_safe(code.svg_inline(border=4, omitsize=True, light="white"))  # noqa: S308
