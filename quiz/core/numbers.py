"""Numbers of a result as text, with a decimal point. Pure."""

import math


def fixed_text(value: float, digits: int) -> str:
    """Round to `digits`, halves up: scores often end in .5, and 62.5 is read as 63."""
    unit = 10**digits
    return f"{math.floor(value * unit + 0.5 + 1e-9) / unit:.{digits}f}"


def plain_text(value: float) -> str:
    """Give up to five digits, without zeros at the end."""
    text = f"{value:.5f}".rstrip("0").rstrip(".")
    return "0" if text == "-0" else text
