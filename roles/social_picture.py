"""The picture that other sites show next to a link: a title, a line below it and a spirit level."""

from dataclasses import dataclass
from functools import lru_cache
from io import BytesIO

from PIL import Image, ImageDraw, ImageFont

from organization.palette import AS_SHIPPED, LIGHT, Palette, Tokens

SIZE = (1200, 630)
MARGIN = 90
# Place of the bubble on the spirit level, from 0 (left) to 1: in the middle or towards a field.
PLACES = {"service": 0.3, "": 0.5, "sales": 0.7}
LARGEST, SMALLEST = 92, 40
TOP, BOTTOM = 440, 540  # of the level


@dataclass(frozen=True)
class Bubble:
    """Where a bubble is and what surrounds it, as shares of the level from 0 (left) to 1.

    `half` is half its width.
    """

    place: float
    half: float = 0.074
    marks: tuple[float, float] = (0.42, 0.58)


@lru_cache(maxsize=64)
def social_picture(
    title: str, below: str, field: str = "", *, palette: Palette = AS_SHIPPED
) -> bytes:
    """Draw a PNG (1200 by 630 pixels) from a title, never from a result."""
    return drawn(title, below, field, Bubble(PLACES.get(field, 0.5)), palette=palette)


def drawn(
    title: str,
    below: str,
    field: str,
    bubble: Bubble,
    ends: tuple[str, str] | None = None,
    *,
    palette: Palette,
) -> bytes:
    """Draw the PNG; `ends` are the words above the left and the right end of the level."""
    colors = palette.tokens(LIGHT)
    picture = Image.new("RGB", SIZE, colors["paper"])
    draw = ImageDraw.Draw(picture)
    size, lines = _fitted(draw, title)
    y = MARGIN
    for line in lines:
        draw.text((MARGIN, y), line, font=ImageFont.load_default(size), fill=colors["ink"])
        y += int(size * 1.2)
    if ends:
        _write_ends(draw, colors, *ends)
        y = BOTTOM
    draw.text((MARGIN, y + 18), below, font=ImageFont.load_default(34), fill=colors["muted"])
    _level(draw, colors, bubble, colors[field or "act"])
    file = BytesIO()
    picture.save(file, "PNG", optimize=True)
    return file.getvalue()


def _fitted(draw: ImageDraw.ImageDraw, title: str) -> tuple[int, list[str]]:
    """Find the largest font size at which the title fits in three lines; return size and lines."""
    for size in range(LARGEST, SMALLEST - 1, -4):
        font = ImageFont.load_default(size)
        lines = [""]
        for word in title.split():
            longer = f"{lines[-1]} {word}".strip()
            if draw.textlength(longer, font=font) <= SIZE[0] - 2 * MARGIN:
                lines[-1] = longer
            else:
                lines.append(word)
        lines = [line for line in lines if line]
        if len(lines) <= 3:
            break
    return size, lines[:3]


def _write_ends(draw: ImageDraw.ImageDraw, colors: Tokens, left: str, right: str) -> None:
    font, y = ImageFont.load_default(36), TOP - 60
    draw.text((MARGIN, y), left, font=font, fill=colors["service"])
    x = SIZE[0] - MARGIN - draw.textlength(right, font=font)
    draw.text((x, y), right, font=font, fill=colors["sales"])


def _level(draw: ImageDraw.ImageDraw, colors: Tokens, bubble: Bubble, color: str) -> None:
    left, right = MARGIN, SIZE[0] - MARGIN
    draw.rounded_rectangle(
        (left, TOP, right, BOTTOM), 50, fill=colors["zone"], outline=colors["edge"], width=5
    )
    for mark in bubble.marks:
        x = left + mark * (right - left)
        draw.line((x, TOP, x, BOTTOM), fill=colors["edge"], width=4)
    half = bubble.half * (right - left)
    x = min(max(left + bubble.place * (right - left), left + half), right - half)
    box = (x - half, TOP + 16, x + half, BOTTOM - 16)
    draw.ellipse(box, fill=colors["paper"], outline=color, width=9)
