"""The picture that other sites show next to a link: drawn from a title, never from a result."""

from functools import lru_cache
from io import BytesIO

from PIL import Image, ImageDraw, ImageFont

SIZE = (1200, 630)
MARGIN = 90
PAPER, INK, MUTED, EDGE = "#fbf8f3", "#1c2230", "#565d6d", "#857d6f"
SALES, SERVICE, ACTION = "#a14505", "#0a635d", "#1f3a5f"
COLORS = {"sales": SALES, "service": SERVICE}
# Place of the bubble on the spirit level, from 0 (left) to 1: in the middle or towards a field.
PLACES = {"service": 0.3, "": 0.5, "sales": 0.7}
LARGEST, SMALLEST = 92, 40


@lru_cache(maxsize=64)
def social_picture(title: str, below: str, field: str = "") -> bytes:
    """Draw a PNG (1200 by 630 pixels) with the title, a line below it and the spirit level."""
    picture = Image.new("RGB", SIZE, PAPER)
    draw = ImageDraw.Draw(picture)
    size, lines = _fitted(draw, title)
    y = MARGIN
    for line in lines:
        draw.text((MARGIN, y), line, font=ImageFont.load_default(size), fill=INK)
        y += int(size * 1.2)
    draw.text((MARGIN, y + 18), below, font=ImageFont.load_default(34), fill=MUTED)
    _level(draw, PLACES.get(field, 0.5), COLORS.get(field, ACTION))
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


def _level(draw: ImageDraw.ImageDraw, place: float, color: str) -> None:
    left, right, top, bottom = MARGIN, SIZE[0] - MARGIN, 440, 540
    draw.rounded_rectangle((left, top, right, bottom), 50, outline=EDGE, width=5)
    for mark in (0.42, 0.58):
        x = left + mark * (right - left)
        draw.line((x, top, x, bottom), fill=EDGE, width=4)
    x = left + place * (right - left)
    draw.ellipse((x - 75, top + 16, x + 75, bottom - 16), outline=color, width=9)
