"""An uploaded logo, drawn again as a small PNG: nothing of the file is kept but its pixels."""

import warnings
from hashlib import sha256
from io import BytesIO
from typing import IO, NamedTuple

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from PIL import Image, ImageOps

FORMATS = ("PNG", "JPEG", "WEBP")
MOST_BYTES = 700_000  # of the file; the body of a request can have a little more
MOST_PIXELS = 25_000_000  # of the file: 100 MB while it is opened
SIDE = 512  # of the PNG, at most, in pixels
MOST_PNG_BYTES = 100_000
FEWEST = 16  # pixels on each side


class Picture(NamedTuple):
    digest: str
    png: bytes
    width: int
    height: int


def encoded(file: IO[bytes], size: int) -> Picture:
    """Draw a PNG, JPEG or WebP of `size` bytes again. ValidationError if that can't be done."""
    if size > MOST_BYTES:
        raise ValidationError(
            _("The file has %(size)d kB. Save it with at most %(most)d kB, or with fewer pixels.")
            % {"size": size // 1000, "most": MOST_BYTES // 1000}
        )
    image = _opened(file)
    # A wide logo may shrink to a line.
    if min(image.size) < FEWEST:
        raise ValidationError(
            _("The picture is %(width)d by %(height)d pixels. Use a larger or less narrow one.")
            % {"width": image.width, "height": image.height}
        )
    png = _png(image)
    while len(png) > MOST_PNG_BYTES:
        image.thumbnail((image.width * 3 // 4, image.height * 3 // 4))
        png = _png(image)
    return Picture(sha256(png).hexdigest()[:32], png, *image.size)


def _opened(file: IO[bytes]) -> Image.Image:
    """Return the picture upright, with transparency, and small."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            with Image.open(file, formats=FORMATS) as found:
                if found.width * found.height > MOST_PIXELS:
                    raise ValidationError(
                        _("The picture is %(width)d by %(height)d pixels. %(side)d are enough.")
                        % {"width": found.width, "height": found.height, "side": SIDE}
                    )
                image = ImageOps.exif_transpose(found).convert("RGBA")
    except ValidationError:
        raise
    # Pillow raises many kinds of errors for files that someone has made up.
    except Exception as error:
        raise ValidationError(
            _("This isn't a picture that we can read. Save it as PNG, JPEG or WebP.")
        ) from error
    image.thumbnail((SIDE, SIDE))
    return image


def _png(image: Image.Image) -> bytes:
    file = BytesIO()
    image.save(file, "PNG", optimize=True)
    return file.getvalue()
