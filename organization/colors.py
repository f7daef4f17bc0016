"""Colors as #rrggbb: how bright they are, how well they contrast, and lighter or darker ones. Pure.

Luminance and contrast are those of WCAG 2.2 (https://www.w3.org/TR/WCAG22/#dfn-relative-luminance
and #dfn-contrast-ratio). OKLab and OKLCH are Björn Ottosson's
(https://bottosson.github.io/posts/oklab/): equal steps in them look about equal.
"""

import math
import re
from collections.abc import Callable
from functools import lru_cache
from typing import NamedTuple

HEX = re.compile(r"#[0-9a-f]{6}")
BLACK, WHITE = "#000000", "#ffffff"
STEPS = 256  # of lightness between black and white


class Oklch(NamedTuple):
    lightness: float  # 0 (black) to 1 (white)
    chroma: float  # 0 (gray) to about 0.37
    hue: float  # in radians


def is_color(text: str) -> bool:
    """Return whether this is #rrggbb in lower case."""
    return HEX.fullmatch(text) is not None


def contrast(one: str, other: str) -> float:
    """Return the contrast ratio of WCAG, from 1 to 21."""
    darker, lighter = sorted((luminance(one), luminance(other)))
    return (lighter + 0.05) / (darker + 0.05)


@lru_cache(maxsize=4096)
def luminance(color: str) -> float:
    """Return the relative luminance of WCAG, from 0 (black) to 1 (white)."""
    red, green, blue = _linear(color)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def mixed(color: str, other: str, share: float) -> str:
    """Mix two colors in OKLab; `share` (0 to 1) is the first one's."""
    pairs = zip(_lab(*_linear(color)), _lab(*_linear(other)), strict=True)
    lightness, a, b = (share * one + (1 - share) * two for one, two in pairs)
    return _from_lch(Oklch(lightness, math.hypot(a, b), math.atan2(b, a)))


def nearest(color: str, passes: Callable[[str], bool]) -> str | None:
    """Find the color that passes with the smallest change of OKLCH lightness; None without one.

    Hue stays, and chroma as far as the screen can show it.
    """
    if passes(color):
        return color
    lightness, a, b = _lab(*_linear(color))
    start = Oklch(lightness, math.hypot(a, b), math.atan2(b, a))
    for step in range(1, STEPS + 1):
        for direction in (-1, 1):
            moved = start.lightness + direction * step / STEPS
            # The step that leaves the range ends at black or white.
            if -1 / STEPS < moved < 1 + 1 / STEPS:
                found = _from_lch(start._replace(lightness=min(max(moved, 0.0), 1.0)))
                if passes(found):
                    return found
    return None


def _linear(color: str) -> tuple[float, float, float]:
    """Return linear light, each from 0 to 1. ValueError unless it is #rrggbb."""
    if not is_color(color):
        raise ValueError(f"{color!r} isn't a color such as #1f3a5f")
    parts = (int(color[at : at + 2], 16) / 255 for at in (1, 3, 5))
    red, green, blue = (
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts
    )
    return red, green, blue


def _hex(red: float, green: float, blue: float) -> str:
    def encoded(part: float) -> int:
        part = min(max(part, 0.0), 1.0)
        curved = 12.92 * part if part <= 0.0031308 else 1.055 * part ** (1 / 2.4) - 0.055
        return round(curved * 255)

    return "#" + "".join(f"{encoded(part):02x}" for part in (red, green, blue))


def _lab(red: float, green: float, blue: float) -> tuple[float, float, float]:
    long = math.cbrt(0.4122214708 * red + 0.5363325363 * green + 0.0514459929 * blue)
    medium = math.cbrt(0.2119034982 * red + 0.6806995451 * green + 0.1073969566 * blue)
    short = math.cbrt(0.0883024619 * red + 0.2817188376 * green + 0.6299787005 * blue)
    return (
        0.2104542553 * long + 0.7936177850 * medium - 0.0040720468 * short,
        1.9779984951 * long - 2.4285922050 * medium + 0.4505937099 * short,
        0.0259040371 * long + 0.7827717662 * medium - 0.8086757660 * short,
    )


def _from_lab(lightness: float, a: float, b: float) -> tuple[float, float, float]:
    long = (lightness + 0.3963377774 * a + 0.2158037573 * b) ** 3
    medium = (lightness - 0.1055613458 * a - 0.0638541728 * b) ** 3
    short = (lightness - 0.0894841775 * a - 1.2914855480 * b) ** 3
    return (
        4.0767416621 * long - 3.3077115913 * medium + 0.2309699292 * short,
        -1.2684380046 * long + 2.6097574011 * medium - 0.3413193965 * short,
        -0.0041960863 * long - 0.7034186147 * medium + 1.7076147010 * short,
    )


def _from_lch(color: Oklch) -> str:
    """Return the color, or the most colorful one of this lightness and hue that a screen shows."""
    if color.lightness <= 0 or color.lightness >= 1:
        return BLACK if color.lightness <= 0 else WHITE
    low, high = 0.0, color.chroma
    if not _is_shown(color):
        for _halving in range(16):
            middle = (low + high) / 2
            if _is_shown(color._replace(chroma=middle)):
                low = middle
            else:
                high = middle
        color = color._replace(chroma=low)
    return _hex(*_light(color))


def _light(color: Oklch) -> tuple[float, float, float]:
    a, b = color.chroma * math.cos(color.hue), color.chroma * math.sin(color.hue)
    return _from_lab(color.lightness, a, b)


def _is_shown(color: Oklch) -> bool:
    return all(-1e-4 <= part <= 1 + 1e-4 for part in _light(color))
